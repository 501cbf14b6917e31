import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildSchema } from "../../src/graphql/schema.ts";
import { administrator, does } from "../support/administration.ts";
import type { GraphqlAnswer, GraphqlError } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { documentFor, variablesOf } from "./support/arbitrary-input.ts";

/** What would end the session of whoever asks, or their account. */
const ENDING = new Set(["logout", "revokeSession", "changePassword"]);
/** Files come another way. */
const UPLOADS = new Set(["uploadFile", "uploadAvatar"]);
const AT_ONCE = 10;

const schema = buildSchema();
/** Requests of {@link AT_ONCE} operations, for each query and mutation. */
const RUNS = 4;

let server: TestServer;
let root: Person;
let ann: Person;
let known: string[];

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  ann = await person(server, "ann");
  const bob = await person(server, "bob");
  const { room } = await does(ann, "createRoom", { name: "Tea" }, "room { id }");
  const { group } = await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] }, "group { id }");
  const { conversation } = await does(ann, "openDirectConversation", { userId: bob.id }, "conversation { id }");
  known = [bob.id, room.id, group.id, conversation.id];
  for (const conversationId of [room.id, group.id, conversation.id]) {
    for (let n = 0; n < 3; n += 1) {
      const { message } = await does(ann, "sendMessage", { conversationId, content: "a word" }, "message { id }");
      known.push(message.id);
    }
  }
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const scheduled = { conversationId: room.id, content: "later", sendAt };
  known.push(
    (await does(ann, "scheduleMessage", scheduled, "scheduledMessage { id }")).scheduledMessage.id,
    (await does(ann, "startCall", { conversationId: conversation.id, media: "VOICE", deviceId: "a" }, "call { id }"))
      .call.id,
    (await does(bob, "sendFriendRequest", { userId: ann.id }, "friendRequest { id }")).friendRequest.id,
    (await does(bob, "reportMessage", { messageId: known[4], reason: "SPAM" }, "report { id }")).report.id,
    "file_1",
    "notif_1",
    "template_1",
  );
});
afterAll(() => server.stop());

/** Several operations in one request. */
async function together(
  { accessToken }: Person,
  operations: readonly { query: string; variables: unknown }[],
): Promise<GraphqlAnswer[]> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${accessToken}` },
    body: JSON.stringify(operations),
  });
  const answers = (await response.json()) as GraphqlAnswer[] | GraphqlAnswer;
  // A body that is not read is refused as a whole.
  return Array.isArray(answers) ? answers : [answers];
}

/**
 * Whether a refusal says what it is, and what to change. Of many faults of the variables GraphQL tells the first ones, and
 * then that there are more.
 */
function isClear({ message, extensions: { code, field, reason } }: GraphqlError): boolean {
  if (code === undefined || code === "INTERNAL_SERVER_ERROR") return false;
  return (
    code !== "BAD_USER_INPUT" || field !== undefined || reason !== undefined || message.startsWith("Too many errors")
  );
}

const rootOf = (kind: "query" | "mutation") => (kind === "query" ? schema.getQueryType() : schema.getMutationType());

const fields = (["query", "mutation"] as const).flatMap((kind) =>
  Object.values(rootOf(kind)?.getFields() ?? {})
    .filter(({ name, args }) => args.length > 0 && !ENDING.has(name) && !UPLOADS.has(name))
    .map(({ name }) => [kind, name] as const),
);

test.each(fields)("whatever is sent to the %s %s, it does not fail, and says what it refuses", async (kind, field) => {
  const query = documentFor(schema, kind, field);
  const variables = variablesOf(rootOf(kind)?.getFields()[field]?.args ?? [], known);
  const requests = fc.array(variables, { minLength: AT_ONCE, maxLength: AT_ONCE });
  await fc.assert(
    fc.asyncProperty(requests, fc.boolean(), async (all, asRoot) => {
      const operations = all.map((one) => ({ query, variables: one }));
      for (const { errors } of await together(asRoot ? root : ann, operations)) {
        expect(errors?.filter((error) => !isClear(error)) ?? []).toEqual([]);
      }
    }),
    { seed: 3, numRuns: RUNS, endOnFailure: true },
  );
});
