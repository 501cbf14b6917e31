import { randomBytes } from "node:crypto";

import { type Ear, listen } from "../log/support/ear.ts";
import { type Person, type Where, person } from "./people.ts";
import { chooses } from "./presence.ts";

/** What presenceChanged told. */
export interface Told {
  readonly id: string;
  readonly username: string;
  readonly presence: { readonly status: string; readonly lastActiveAt: string | null };
}

const CHANGES = `subscription ($userIds: [ID!]) {
  presenceChanged(userIds: $userIds) { id username presence { status lastActiveAt } }
}`;

/** Somebody whom listeners watch besides, to know by their changes that what was before has come. */
export class Herald {
  #status = "ONLINE";

  private constructor(readonly who: Person) {}

  static async of(server: Where): Promise<Herald> {
    const who = await person(server, `herald-${randomBytes(4).toString("hex")}`);
    await who.graphql("mutation { heartbeat { user { id } } }");
    return new Herald(who);
  }

  /** Shows otherwise. @returns as what */
  async change(): Promise<string> {
    this.#status = this.#status === "ONLINE" ? "AWAY" : "ONLINE";
    await chooses(this.who, this.#status);
    return this.#status;
  }
}

/** Somebody's subscription to presenceChanged, which is known to be live. */
export interface PresenceEar {
  /** `name STATUS` of everything that was told since it was last asked; what was published before the call has come. */
  news(): Promise<string[]>;
  /** Waits until this is the latest that was told of somebody. */
  hears(name: Person, status: string): Promise<Told>;
  readonly ear: Ear<Told>;
  close(): Promise<void>;
}

/** Subscribes, of whom is named or of the listener's acquaintances; the herald must be among them. */
export async function watching(who: Person, herald: Herald, whom?: readonly Person[]): Promise<PresenceEar> {
  const client = who.ws();
  const userIds = whom === undefined ? null : [...whom, herald.who].map(({ id }) => id);
  const ear = listen<Told>(client, CHANGES, { userIds });
  const ofHerald = (): Told[] => ear.heard.filter(({ id }) => id === herald.who.id);
  let read = 0;
  const mark = async (): Promise<void> => {
    const status = await herald.change();
    await ear.until(() => ofHerald().at(-1)?.presence.status === status);
  };
  // Nothing says when a subscription has begun, but that it hears something.
  while (ofHerald().length === 0) await herald.change();
  await mark();
  read = ear.heard.length;
  return {
    ear,
    async news() {
      await mark();
      const news = ear.heard.slice(read);
      read = ear.heard.length;
      return news
        .filter(({ id }) => id !== herald.who.id)
        .map(({ username, presence }) => `${username.split("-")[0]} ${presence.status}`);
    },
    async hears({ id }, status) {
      const latest = (): Told | undefined => ear.heard.findLast((told) => told.id === id);
      await ear.until(() => latest()?.presence.status === status);
      return latest() as Told;
    },
    close: async () => client.dispose(),
  };
}
