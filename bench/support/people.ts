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

/** Writes a history of a conversation straight into the table. */
export async function fillHistory(
  database: Client,
  room: number,
  people: readonly Person[],
  count: number,
): Promise<void> {
  await database.query(
    `insert into messages (conversation_id, seq, position, added_position, sender_id, type, content)
     select $1::bigint, n, n, n, ($2::bigint[])[1 + n % cardinality($2)], 'TEXT', 'Message ' || n || ', as long as most of them are.'
     from generate_series(1, $3::int) n`,
    [room, people.map(({ id }) => id), count],
  );
  await database.query("update conversations set last_seq = $2, position = $2 where id = $1", [room, count]);
}

/** Makes the direct conversation of each of these pairs. @returns their numbers */
export async function makeDirects(database: Client, pairs: readonly (readonly [Person, Person])[]): Promise<number[]> {
  const [ones, others] = [0, 1].map((place) => pairs.map((pair) => (pair[place] as Person).id));
  const { rows } = await database.query<{ id: string }>(
    `with pairs as (select one, other from unnest($1::bigint[], $2::bigint[]) p (one, other)),
     made as (
       insert into conversations (kind, direct_key)
       select 'DIRECT', least(one, other) || ':' || greatest(one, other) from pairs returning id, direct_key),
     entered as (
       insert into members (conversation_id, user_id)
       select m.id, split_part(m.direct_key, ':', side)::bigint from made m, unnest(array[1, 2]) side)
     select m.id from pairs join made m on m.direct_key = least(one, other) || ':' || greatest(one, other)
     order by array_position($1::bigint[], one)`,
    [ones, others],
  );
  return rows.map(({ id }) => Number(id));
}

const sign = (userId: string, sessionId: string): Promise<string> =>
  new SignJWT({ sub: userId, sid: sessionId })
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
    .setIssuer("parlance")
    .setIssuedAt()
    .setExpirationTime("1 day")
    .sign(new TextEncoder().encode(JWT_SECRET));
