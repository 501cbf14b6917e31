import type { Client } from "graphql-ws";
import { expect } from "vitest";

import type { Person } from "../../support/people.ts";
import { type Ear, listen } from "./ear.ts";
import { EVENTS, type LogEvent, positionOf } from "./events.ts";
import { Picture } from "./picture.ts";
import { history, reads } from "./talk.ts";

/** Somebody who reads a conversation and then follows it. */
export interface Reader {
  readonly ear: Ear<LogEvent>;
  /** Waits until they have come up to a cursor. */
  comesTo(cursor: string): Promise<void>;
  /** Waits until they have come as far as the log, and sees whether they show then what a fresh read shows. */
  showsEverything(): Promise<void>;
  leave(): Promise<void>;
}

export async function reader(who: Person, id: string): Promise<Reader> {
  const page = await reads(who, id, { last: 100 });
  const client: Client = who.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id, after: page.cursor });
  const comesTo = async (cursor: string): Promise<void> => {
    const position = positionOf(cursor, id);
    if (positionOf(page.cursor, id) >= position) return;
    await ear.until((heard) => heard.some((event) => positionOf(event.cursor, id) >= position));
  };
  return {
    ear,
    comesTo,
    async showsEverything() {
      const { cursor } = await reads(who, id);
      await comesTo(cursor);
      const picture = new Picture(page);
      for (const event of ear.heard) picture.apply(event);
      expect(picture.messages).toEqual(picture.oughtToShow(await history(who, id)));
    },
    async leave() {
      await client.dispose();
    },
  };
}
