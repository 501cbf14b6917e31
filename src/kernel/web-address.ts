import { badInput } from "./errors.ts";
import { checkedText } from "./text.ts";

/** Characters of an address on the web, at the most. */
export const WEB_ADDRESS_MAXIMUM = 2_048;

/**
 * Checks an address of the web that other people's clients will fetch: http or https, no password in it; at most 2,048
 * characters.
 *
 * @returns it as browsers write it
 * @throws BAD_USER_INPUT
 */
export function checkedWebAddress(field: string, text: string): string {
  const url = URL.parse(checkedText(field, text, { max: WEB_ADDRESS_MAXIMUM }));
  const fit = url !== null && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === "";
  if (!fit) throw badInput(field, `${field} must be an http or https address.`);
  return checkedText(field, url.href, { max: WEB_ADDRESS_MAXIMUM });
}
