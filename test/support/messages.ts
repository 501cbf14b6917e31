import { expect } from "vitest";

import { rowId } from "../../src/kernel/ids.ts";
import type { Data, GraphqlAnswer, Variables } from "./graphql-client.ts";
import type { Voice } from "./rooms.ts";
import type { TestServer } from "./server.ts";

/** Asks for a mutation whose input is called after it, and answers with whatever comes. */
export function tries(who: Voice, verb: string, input: Variables, answer: string): Promise<GraphqlAnswer> {
  const type = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}Input`;
  return who.graphql(`mutation ($input: ${type}!) { ${verb}(input: $input) { ${answer} } }`, { input });
}

/** Does what must succeed, and answers with its payload. */
export async function did(who: Voice, verb: string, input: Variables, answer: string): Promise<Data> {
  const { data, errors } = await tries(who, verb, input, answer);
  expect(errors, verb).toBeUndefined();
  return data[verb];
}

/** What a member sees of one message. */
export async function message(who: Voice, id: string, fields: string): Promise<Data> {
  const { data, errors } = await who.graphql(`query ($id: ID!) { message(id: $id) { ${fields} } }`, { id });
  expect(errors).toBeUndefined();
  return data.message;
}

/** What somebody sees of a conversation. */
export async function conversation(who: Voice, id: string, fields: string): Promise<Data> {
  const { data, errors } = await who.graphql(`query ($id: ID!) { conversation(id: $id) { ${fields} } }`, { id });
  expect(errors).toBeUndefined();
  return data.conversation;
}

/** Makes a message older than it is, by the database's clock. */
export async function age({ services }: TestServer, messageId: string, seconds: number): Promise<void> {
  const id = rowId("message", messageId, "messageId");
  await services.database.pool.query(
    "update messages set created_at = created_at - make_interval(secs => $2) where id = $1",
    [id, seconds],
  );
}
