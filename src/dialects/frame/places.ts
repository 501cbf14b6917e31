import type { Location } from "../../messages/message.ts";

/**
 * A place in words, for protocols whose messages have none: `Alexanderplatz (52.5219, 13.4132)`, or the coordinates alone,
 * degrees north and east (docs/older-apis.md, Messages).
 */
export function placeInWords({ address, latitude, longitude }: Location): string {
  const coordinates = `${latitude}, ${longitude}`;
  return address === null || address === "" ? coordinates : `${address} (${coordinates})`;
}
