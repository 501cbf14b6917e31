import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { type JWTPayload, jwtVerify } from "jose";

import { act } from "./notifications.ts";
import type { Voice } from "./rooms.ts";

/** What a push service was handed for one browser. */
export interface Push {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How a push service answers. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    void response.writeHead(code, headers).end();

/** A push service of the test's own. */
export interface PushService extends AsyncDisposable {
  readonly origin: string;
  /** A browser that takes pushes there. */
  browser(): Browser;
}

/** A browser, which alone can read what is pushed to it. */
export class Browser {
  readonly #curve: ECDH = createECDH("prime256v1");
  readonly #auth = randomBytes(16);
  readonly #pushes: Push[] = [];
  /** What the service answers from now on; at the end of the list, 201. */
  readonly replies: Reply[] = [];

  constructor(readonly endpoint: string) {
    this.#curve.generateKeys();
  }

  /** As PushSubscription.toJSON() has it. */
  get subscription() {
    const keys = { p256dh: this.#curve.getPublicKey("base64url"), auth: this.#auth.toString("base64url") };
    return { endpoint: this.endpoint, expirationTime: null, keys };
  }

  get pushes(): readonly Push[] {
    return this.#pushes;
  }

  /** What was pushed so far, as its service worker would read it. */
  get read(): unknown[] {
    return this.#pushes.map(({ body }) => JSON.parse(this.decrypt(body)));
  }

  take(push: Push): void {
    this.#pushes.push(push);
  }

  /** RFC 8291, 3.4, and RFC 8188, 2. */
  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const server = body.subarray(21, 21 + idLength);
    const sealed = body.subarray(21 + idLength);
    const shared = this.#curve.computeSecret(server);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#curve.getPublicKey(), server]);
    const material = Buffer.from(hkdfSync("sha256", shared, this.#auth, info, 32));
    const derive = (purpose: string, length: number) =>
      Buffer.from(hkdfSync("sha256", material, salt, `Content-Encoding: ${purpose}\0`, length));
    const decipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return padded.subarray(0, padded.lastIndexOf(2)).toString();
  }
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, Browser>();
  const server = createServer((request, response) => {
    const browser = browsers.get(request.url ?? "");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      browser?.take({ headers: request.headers, body: Buffer.concat(chunks) });
      (browser?.replies.shift() ?? status(browser === undefined ? 404 : 201))(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    browser() {
      const path = `/push/${randomBytes(12).toString("hex")}`;
      const browser = new Browser(`${origin}${path}`);
      browsers.set(path, browser);
      return browser;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Has somebody's notifications pushed to a browser. */
export const register = (who: Voice, browser: Browser): Promise<void> =>
  act(who, "registerPushSubscription", browser.subscription);

/** What the server says of itself to the push service (RFC 8292), if its signature holds. */
export async function claims({ headers }: Push, publicKey: string): Promise<JWTPayload> {
  const [, token = "", key = ""] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization ?? "") ?? [];
  if (key !== publicKey) throw new Error(`It has another key: ${key}`);
  const point = Buffer.from(key, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const verifier = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
  return (await jwtVerify(token, verifier)).payload;
}
