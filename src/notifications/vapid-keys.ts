import webPush from "web-push";
import { z } from "zod";

/** The server's own key pair, by which push services know it (RFC 8292), in base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

const schema = z.object({ publicKey: z.string().length(87), privateKey: z.string().length(43) });

/** A new pair, as text to keep. */
export const makeVapidKeys = (): string => JSON.stringify(webPush.generateVAPIDKeys());

/** The pair in a text that was kept. @throws an Error for people, naming the file */
export function vapidKeysIn(kept: string, file: string): VapidKeys {
  try {
    return schema.parse(JSON.parse(kept));
  } catch (cause) {
    throw new Error(`${file} has no pair of VAPID keys. Remove it to have a new one made.`, { cause });
  }
}
