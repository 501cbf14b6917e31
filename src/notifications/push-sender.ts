import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";

import webPush from "web-push";

import { badInput } from "../kernel/errors.ts";
import { isPublicAddress, lookupPublic, NotPublic } from "./public-address.ts";
import type { VapidKeys } from "./vapid-keys.ts";

/** Where a browser takes pushes, and what they are encrypted for. */
export interface PushTarget {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** What became of a push: the service took it, knows the subscription no more, asks for patience, or refuses for good. */
export type PushOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "gone" }
  | { readonly kind: "later"; readonly seconds: number | null }
  | { readonly kind: "refused"; readonly reason: string };

declare module "../kernel/context.ts" {
  interface Services {
    push: PushSender;
  }
}

/** How a push service is to treat a push (RFC 8030, 5.2 to 5.4). */
export interface PushHandling {
  /** A push that waits at the service is replaced by a later one of its topic; 1-32 characters of base64url. */
  readonly topic: string;
  /** How long it is kept for a browser that is not running. */
  readonly keptSeconds: number;
  /** `high` also wakes what saves its battery. */
  readonly urgency: "normal" | "high";
}

/** Characters of an endpoint, at the most. */
export const ENDPOINT_MAXIMUM = 1_000;
/** How long a push service keeps a push for a browser that is not running. */
export const PUSH_KEPT_SECONDS = 86_400;
/** How long a push service may take to answer. */
const ANSWER_WITHIN_MS = 10_000;
/** Bytes of an answer that are read, at the most: nothing in it is needed. */
const ANSWER_MAXIMUM_BYTES = 16_384;
/** Connections to one push service at a time, at the most. */
const CONNECTIONS_MAXIMUM = 20;
/** How far ahead a service may put a push off. */
const PATIENCE_SECONDS = 3_600;

/** Pushes to browsers (RFC 8030), encrypted for each (RFC 8291). The addresses come from strangers. */
export class PushSender {
  readonly #https: HttpsAgent;
  readonly #http: HttpAgent | null;

  /**
   * @param subject whom push services write to: a `mailto:` or `https:` URL
   * @param allowPrivate for development and tests: plain HTTP, and addresses that are not public
   */
  constructor(
    readonly keys: VapidKeys,
    private readonly subject: string,
    private readonly allowPrivate: boolean,
  ) {
    const options = { keepAlive: true, maxSockets: CONNECTIONS_MAXIMUM, timeout: ANSWER_WITHIN_MS };
    this.#https = new HttpsAgent(allowPrivate ? options : { ...options, lookup: lookupPublic });
    this.#http = allowPrivate ? new HttpAgent(options) : null;
  }

  close(): void {
    this.#https.destroy();
    this.#http?.destroy();
  }

  /** @throws BAD_USER_INPUT for what is no address of a push service, or one that is not reached */
  demandReachable(field: string, endpoint: string): void {
    const url = endpoint.length <= ENDPOINT_MAXIMUM ? URL.parse(endpoint) : null;
    const isWeb = url?.protocol === "https:" || (this.allowPrivate && url?.protocol === "http:");
    if (url === null || !isWeb || url.username !== "" || url.password !== "") {
      throw badInput(
        field,
        `${field} must be an https URL of at most ${ENDPOINT_MAXIMUM} characters.`,
        ENDPOINT_MAXIMUM,
      );
    }
    if (!this.#mayReach(url)) throw badInput(field, `${field} must lead to the public internet.`);
  }

  /**
   * Pushes a text.
   *
   * @throws an error of the network, after which it may be tried again
   */
  async send(target: PushTarget, text: string, handling: PushHandling): Promise<PushOutcome> {
    const { endpoint, p256dh, auth } = target;
    const url = new URL(endpoint);
    if (!this.#mayReach(url)) return { kind: "refused", reason: "not public" };
    const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, text, {
      TTL: handling.keptSeconds,
      topic: handling.topic,
      urgency: handling.urgency,
      vapidDetails: { subject: this.subject, ...this.keys },
    });
    try {
      return outcomeOf(await this.#post(url, headers, body));
    } catch (error) {
      if (error instanceof NotPublic) return { kind: "refused", reason: error.message };
      throw error;
    }
  }

  /** Names are looked up and checked when a connection is made; an address in the URL itself is not looked up. */
  #mayReach(url: URL): boolean {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    return this.allowPrivate || isIP(host) === 0 || isPublicAddress(host);
  }

  /** Redirections are not followed. */
  #post(url: URL, headers: Record<string, string>, body: Buffer): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const request =
      url.protocol === "https:"
        ? requestHttps(url, { method: "POST", headers, agent: this.#https, signal })
        : requestHttp(url, { method: "POST", headers, agent: this.#http ?? undefined, signal });
    request.on("error", reject);
    request.on("response", (response) => {
      // The status is all that is asked for: a body that breaks off takes nothing from it.
      response.on("error", () => undefined);
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_MAXIMUM_BYTES) response.destroy();
      });
      resolve(response);
    });
    request.end(body);
    return promise;
  }
}

/** What the status says (RFC 8030, 5, 7.3 and 8.4). */
function outcomeOf({ statusCode = 0, headers }: IncomingMessage): PushOutcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: "taken" };
  if (statusCode === 404 || statusCode === 410) return { kind: "gone" };
  if (statusCode !== 429 && statusCode < 500) return { kind: "refused", reason: `status ${statusCode}` };
  const seconds = Number(headers["retry-after"]);
  return { kind: "later", seconds: seconds > 0 ? Math.min(seconds, PATIENCE_SECONDS) : null };
}
