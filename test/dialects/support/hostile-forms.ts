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

/** Forms that are not what RFC 7578 says. */
const BROKEN: readonly string[] = [
  "",
  "--",
  END,
  `--${BOUNDARY}`,
  `--${BOUNDARY}\r\n`,
  part(FILE),
  part(FILE).slice(0, -9),
  `${part(FILE)}${END}${END}`,
  part("Content-Disposition: form-data", "x") + END,
  part('Content-Disposition: form-data; name=""; filename=""', "x") + END,
  part('Content-Disposition: attachment; name="file"; filename="a.txt"') + END,
  part('Content-Disposition: form-data; name="__proto__"; filename="a.txt"') + END,
  part('Content-Disposition: form-data; name="__proto__"') + END,
  part('Content-Disposition: form-data; name="constructor"') + part(FILE) + END,
  part(`Content-Disposition: form-data; name="${"n".repeat(20_000)}"`) + END,
  part(`${FILE}\r\nContent-Transfer-Encoding: base64`, "!!!") + END,
  part(`${FILE}\r\n${"X-A: b\r\n".repeat(3_000)}`) + END,
  part(FILE.replace("text/plain", "multipart/mixed; boundary=y")) + END,
  part(FILE.replace("\r\n", "\n")).replaceAll("\r\n", "\n") + END,
  part("no header at all") + END,
  part(FILE) + part(FILE) + END,
  part('Content-Disposition: form-data; name="room_name"', "a\0b") + END,
  part('Content-Disposition: form-data; name="room_id"', "\uD800") + part(FILE) + END,
  part('Content-Disposition: form-data; name="a"').repeat(500) + END,
  part('Content-Disposition: form-data; name="a"', "v".repeat(200_000)) + END,
  part(FILE, "x".repeat(300_000)),
];

/** Bodies that say that they are forms. */
export const brokenForms = (): Arbitrary<{ readonly body: string; readonly contentType: string }> =>
  fc.record({
    body: fc.constantFrom(...BROKEN),
    contentType: fc.constantFrom(
      ...[`multipart/form-data; boundary=${BOUNDARY}`, `multipart/form-data; boundary="${BOUNDARY}"`],
      ...["multipart/form-data; boundary=another", `multipart/form-data; boundary=${"b".repeat(300)}`],
    ),
  });
