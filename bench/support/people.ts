import { SignJWT } from "jose";
import type { Client } from "pg";

/** Somebody with an account and a session. */
export interface Person {
  /** The number of the row. */
  readonly id: number;
  readonly token: string;
}

/** What the benchmark's servers sign with; they listen on 127.0.0.1 while it runs. */
export const JWT_SECRET = "the secret of the benchmark, which guards nothing";

/**
 * Makes people with a session each. Rows and tokens are written as src/auth writes them: to register thousands, each with
 * a password to hash, would take longer than all that is measured.
 */
export async function makePeople(database: Client, count: number): Promise<Person[]> {
  const { rows } = await database.query<{ id: string; user_id: string }>(
    `with made as (
       insert into users (username, display_name)
       select 'person_' || n, 'Person ' || n from (select nextval('users_id_seq') as n from generate_series(1, $1)) as numbers
       returning id)
     insert into sessions (id, user_id, user_agent, ip, expires_at)
     select gen_random_uuid(), id, 'bench', '127.0.0.1', now() + interval '1 day' from made
     returning id, user_id`,
    [count],
  );
  return Promise.all(rows.map(async (row) => ({ id: Number(row.user_id), token: await sign(row.user_id, row.id) })));
}

/** Makes a room with these people in it. @returns its number */
export async function makeRoom(database: Client, people: readonly Person[]): Promise<number> {
  const { rows } = await database.query<{ id: string }>(
    "insert into conversations (kind, name, visibility, max_members) values ('ROOM', 'Room', 'PRIVATE', 100000) returning id",
  );
  const room = Number(rows[0]?.id);
  const ids = people.map(({ id }) => id);
  await database.query("insert into members (conversation_id, user_id) select $1, unnest($2::bigint[])", [room, ids]);
  return room;
}

const sign = (userId: string, sessionId: string): Promise<string> =>
  new SignJWT({ sub: userId, sid: sessionId })
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
    .setIssuer("parlance")
    .setIssuedAt()
    .setExpirationTime("1 day")
    .sign(new TextEncoder().encode(JWT_SECRET));
