import { randomBytes } from "node:crypto";

import { type Rest, rest } from "../../dialects/support/rest.ts";
import type { Frame } from "../../dialects/support/socket.ts";
import { type Person, person } from "../../support/people.ts";
import type { TestServer } from "../../support/server.ts";

/** What stands ready for every endpoint: a server, and two people whom it knows. */
export interface Scene {
  readonly server: TestServer;
  readonly ann: Person;
  readonly bob: Person;
  /** Somebody whom nobody knows yet. */
  newcomer(): Promise<Person>;
  /** Somebody's hand at the older doors. */
  as(who: Person): Rest;
}

/** A call that will succeed; the path is the row's. */
export interface Call {
  /** Whose token it carries; null for what is called without one. */
  readonly as: Person | null;
  /** What stands for the `{words}` of the path. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: FormData;
}

/** Brings about what a call needs, and says how to call. */
export type Prepare = (scene: Scene) => Promise<Call> | Call;

/** Opens a socket, has everything happen of which it tells, and answers with what was heard. */
export interface SocketScene {
  /** The path with its ids, as for somebody who has a token: without it. */
  path(scene: Scene): Promise<string>;
  play(scene: Scene, path: string): Promise<readonly Frame[]>;
}

export async function openScene(server: TestServer): Promise<Scene> {
  const [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  return {
    server,
    ann,
    bob,
    newcomer: () => person(server, `guest-${randomBytes(4).toString("hex")}`),
    as: (who) => rest(server, who),
  };
}
