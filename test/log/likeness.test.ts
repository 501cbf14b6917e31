import { afterAll, beforeAll, expect, test } from "vitest";

import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const SEND = `mutation ($content: String!) {
  sendMessage(input: { conversationId: "conv_1", content: $content }) { message { cursor } }
}`;
const LIVE = `subscription ($after: String) {
  messageAdded(conversationId: "conv_1", after: $after) { content }
}`;
const LIVE_AND_BACK = `subscription ($after: String) {
  messageAdded(conversationId: "conv_1", after: $after) { content cursor conversation { members(first: 1, after: $after) { nodes { id } } } }
}`;

test("subscribers who begin after different cursors each hear what is theirs, and the same from then on", async () => {
  const cursors: string[] = [];
  for (const content of ["one", "two", "three"]) {
    const { data } = await ann.graphql(SEND, { content });
    cursors.push(data.sendMessage.message.cursor);
  }
  const client = ann.ws();
  const heard = await Promise.all(
    cursors.map(async (after, index) => {
      const events = client.iterate<{ messageAdded: { content: string } }>({ query: LIVE, variables: { after } });
      const contents: (string | undefined)[] = [];
      if (index === 0) await ann.graphql(SEND, { content: "four" });
      while (contents.at(-1) !== "four") {
        const { value } = await events.next();
        contents.push(value?.data?.messageAdded.content);
      }
      return contents;
    }),
  );
  expect(heard).toEqual([["two", "three", "four"], ["three", "four"], ["four"]]);
  await client.dispose();
});

test("a variable that says more than where to begin is nobody else's", async () => {
  const { data } = await ann.graphql(SEND, { content: "five" });
  const client = ann.ws();
  const after = data.sendMessage.message.cursor;
  const events = client.iterate({ query: LIVE_AND_BACK, variables: { after } });
  await ann.graphql(SEND, { content: "six" });
  const { value } = await events.next();
  expect(value?.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
  await client.dispose();
});
