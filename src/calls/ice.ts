import { createHmac } from "node:crypto";

import type { Config } from "../config.ts";
import type { IceServer } from "./ice-server.ts";

declare module "../kernel/context.ts" {
  interface Services {
    ice: IceServers;
  }
}

/** By which servers clients find a way to each other, as the operator configured them. */
export class IceServers {
  constructor(private readonly config: Pick<Config, "stunUrls" | "turn">) {}

  /**
   * The servers for one user. A TURN server shares a secret with this one and takes short-lived credentials made of it:
   * the name is `expiry:user`, the password its HMAC-SHA1 in base64 (draft-uberti-behave-turn-rest-00, 2.2).
   */
  for(userId: number): IceServer[] {
    const { stunUrls, turn } = this.config;
    const servers: IceServer[] = [];
    if (stunUrls.length > 0) servers.push({ urls: stunUrls, username: null, credential: null, expiresAt: null });
    if (turn !== undefined) {
      const expiry = Math.floor(Date.now() / 1_000) + turn.ttlSeconds;
      const username = `${expiry}:${userId}`;
      const credential = createHmac("sha1", turn.secret).update(username).digest("base64");
      servers.push({ urls: turn.urls, username, credential, expiresAt: new Date(expiry * 1_000) });
    }
    return servers;
  }
}
