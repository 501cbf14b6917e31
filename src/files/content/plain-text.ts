import type { FileHandle } from "node:fs/promises";

/** Control characters that no text has; tabulators, line and page feeds are text. */
// oxlint-disable-next-line eslint/no-control-regex -- it is what is looked for
const CONTROL = /[\u0000-\u0008\u000E-\u001F\u007F]/;

/** How a page or a drawing begins, which a browser that guesses would execute (WHATWG MIME Sniffing, 7.1). */
const MARKUP =
  /^\s*(?:<!--|<\?xml|<!doctype|<\/?(?:html|head|body|script|style|iframe|svg|title|meta|link|img|table|div|a|b|p|h1|br|font)[\s>/])/i;
/** UTF-16 units at the beginning in which markup is looked for. */
const BEGINNING = 1_024;

/** Whether a whole file is UTF-8 text without control characters, and no page or drawing. */
export async function isPlainText(file: FileHandle): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let beginning = "";
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 }) as AsyncIterable<Buffer>) {
      const text = decoder.decode(chunk, { stream: true });
      if (CONTROL.test(text)) return false;
      if (beginning.length < BEGINNING) beginning += text.slice(0, BEGINNING);
    }
    decoder.decode();
  } catch (error) {
    // The decoder throws a TypeError at what is no UTF-8.
    if (error instanceof TypeError) return false;
    throw error;
  }
  return !MARKUP.test(beginning);
}
