import type { Client } from "pg";

import { type Person, makePeople, makeRoom } from "./people.ts";

/** Somebody who writes into a room. */
export interface Writer {
  readonly person: Person;
  readonly room: number;
}

export const SENDERS = 256;
export const ROOMS = 32;

/** 256 people, eight in each of 32 rooms. */
export async function makeWriters(database: Client): Promise<Writer[]> {
  const writers: Writer[] = [];
  for (let made = 0; made < ROOMS; made += 1) {
    const people = await makePeople(database, SENDERS / ROOMS);
    const room = await makeRoom(database, people);
    writers.push(...people.map((person) => ({ person, room })));
  }
  return writers;
}
