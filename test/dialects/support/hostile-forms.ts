import fc, { type Arbitrary } from "fast-check";

/** A file of a form. */
export interface Part {
  readonly field: string;
  readonly name: string;
  readonly content: string;
  readonly type: string;
}

/** One file, and at times none or a few. */
export const filesOf = (): Arbitrary<readonly Part[]> => {
  const part = fc.record({
    field: fc.oneof(
      { weight: 8, arbitrary: fc.constant("file") },
      { weight: 1, arbitrary: fc.constantFrom("", "files", "__proto__") },
    ),
    name: fc.constantFrom("a.txt", "照片.jpg", "", "../../etc/passwd", "a\0.txt", "x".repeat(3_000), ".", 'a";x="'),
    content: fc.constantFrom("some words", "", "\0\0\0", "GIF89a", "%PDF-1.7", "PK\u0003\u0004", "<svg onload=x>"),
    type: fc.constantFrom("", "text/plain", "image/png", "x", "application/x-msdownload"),
  });
  return fc.oneof(
    { weight: 8, arbitrary: part.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(part, { maxLength: 3 }) },
  );
};

export function formDataOf(fields: Readonly<Record<string, string>>, files: readonly Part[]): FormData {
  const form = new FormData();
  for (const { field, name, content, type } of files) form.append(field, new Blob([content], { type }), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

const BOUNDARY = "x-boundary-x";
const part = (head: string, content = "words"): string => `--${BOUNDARY}\r\n${head}\r\n\r\n${content}\r\n`;
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain';
const END = `--${BOUNDARY}--\r\n`;

/** Forms that are not what RFC 7578 says, or that nobody sane would send. */
export const BROKEN: Readonly<Record<string, string>> = {
  "of nothing": "",
  "of two dashes": "--",
  "of an end": END,
  "of a boundary": `--${BOUNDARY}`,
  "of a boundary and a line": `--${BOUNDARY}\r\n`,
  "that does not end": part(FILE),
  "that ends within its file": part(FILE).slice(0, -5),
  "that ends within a head": part(FILE).slice(0, -16),
  "that ends within its last boundary": `${part(FILE)}--${BOUNDARY}`,
  "that ends within a field": `${part(FILE)}${part('Content-Disposition: form-data; name="room_id"', "glob").slice(0, -2)}`,
  "that ends within a long file": part(FILE, "x".repeat(300_000)).slice(0, -2),
  "that ends twice": part(FILE) + END + END,
  "of a part without a name": part("Content-Disposition: form-data", "x") + END,
  "of a part with an empty name": part('Content-Disposition: form-data; name=""; filename=""', "x") + END,
  "of an attachment": part('Content-Disposition: attachment; name="file"; filename="a.txt"') + END,
  "of a file called __proto__": part('Content-Disposition: form-data; name="__proto__"; filename="a.txt"') + END,
  "of a field called __proto__": part('Content-Disposition: form-data; name="__proto__"') + END,
  "with a field called constructor": part('Content-Disposition: form-data; name="constructor"') + part(FILE) + END,
  "with a long name": part(`Content-Disposition: form-data; name="${"n".repeat(20_000)}"`) + END,
  "with an encoded file": part(`${FILE}\r\nContent-Transfer-Encoding: base64`, "!!!") + END,
  "with very many headers": part(`${FILE}\r\n${"X-A: b\r\n".repeat(3_000)}`) + END,
  "within a form": part(FILE.replace("text/plain", "multipart/mixed; boundary=y")) + END,
  "of lines that end otherwise": part(FILE.replace("\r\n", "\n")).replaceAll("\r\n", "\n") + END,
  "without headers": part("no header at all") + END,
  "with two files": part(FILE) + part(FILE) + END,
  "with a NUL in a field": part('Content-Disposition: form-data; name="room_name"', "a\0b") + END,
  "with half a character": part('Content-Disposition: form-data; name="room_id"', "\uD800") + part(FILE) + END,
  "of very many fields": part('Content-Disposition: form-data; name="a"').repeat(500) + END,
  "of a very long field": part('Content-Disposition: form-data; name="a"', "v".repeat(200_000)) + END,
};

/** What such a body says that it is. */
export const FORM_TYPES: readonly string[] = [
  `multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary="${BOUNDARY}"`,
  "multipart/form-data; boundary=another",
  `multipart/form-data; boundary=${"b".repeat(300)}`,
  "multipart/form-data; boundary=",
  "multipart/form-data",
];

/** Bodies that say that they are forms. */
export const brokenForms = (): Arbitrary<{ readonly body: string; readonly contentType: string }> =>
  fc.record({ body: fc.constantFrom(...Object.values(BROKEN)), contentType: fc.constantFrom(...FORM_TYPES) });
