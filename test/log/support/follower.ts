import { isDeepStrictEqual } from "node:util";

import type { Client } from "graphql-ws";

import type { Person, Where } from "../../support/people.ts";
import { type Ear, listen } from "./ear.ts";
import { ADDED, EVENTS, type LogEvent } from "./events.ts";
import { Picture } from "./picture.ts";
import type { Page, Said } from "./talk.ts";

/** Somebody who follows a conversation over a connection that comes and goes, from whichever node. */
export interface Follower {
  /** The connection is lost, with what was on its way. */
  drop(): Promise<void>;
  /** Goes on after the last event that came, where it is not there. */
  comeBack(node: Where): void;
  /** Waits until everything is there, and no more. */
  comesToHave(all: readonly Said[]): Promise<void>;
}

/** What a follower makes of what it hears. */
interface Notes<Event> {
  readonly document: string;
  /** Where it goes on. */
  readonly cursor: string;
  take(event: Event): void;
  has(all: readonly Said[]): boolean;
}

/** Follows the log with conversationEvents, and shows what a client would. */
export function followsLog(who: Person, page: Page): Follower {
  const picture = new Picture(page);
  return follower<LogEvent>(who, page.id, {
    document: EVENTS,
    get cursor() {
      return picture.cursor;
    },
    take: (event) => picture.apply(event),
    has: (all) => isDeepStrictEqual(picture.messages, picture.oughtToShow(all)),
  });
}

/** Follows with messageAdded what is new. */
export function followsAdded(who: Person, page: Page): Follower {
  const ids: string[] = [];
  let { cursor } = page;
  return follower<Said>(who, page.id, {
    document: ADDED,
    get cursor() {
      return cursor;
    },
    take: (message) => {
      if (ids.includes(message.id)) throw new Error(`Added once more: ${JSON.stringify(message)}`);
      ids.push(message.id);
      ({ cursor } = message);
    },
    has: (all) =>
      isDeepStrictEqual(
        ids,
        all.filter(({ seq }) => seq > page.lastSeq).map(({ id }) => id),
      ),
  });
}

function follower<Event>(who: Person, id: string, notes: Notes<Event>): Follower {
  let client: Client | undefined;
  let ear: Ear<Event> | undefined;
  let taken = 0;
  const look = (): void => {
    for (const event of ear?.heard.slice(taken) ?? []) notes.take(event);
    taken = ear?.heard.length ?? 0;
  };
  return {
    async drop() {
      look();
      await client?.dispose();
      client = undefined;
      ear = undefined;
    },
    comeBack(node) {
      if (client !== undefined) return;
      client = who.at(node).ws();
      taken = 0;
      ear = listen<Event>(client, notes.document, { id, after: notes.cursor });
    },
    async comesToHave(all) {
      await ear?.until(() => {
        look();
        return notes.has(all);
      });
    },
  };
}
