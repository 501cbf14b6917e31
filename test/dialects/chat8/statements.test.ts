import { afterAll, beforeAll, expect, test } from "vitest";

import { photo } from "../../files/support/samples.ts";
import { direct } from "../../log/support/friends.ts";
import { asks, send as say } from "../../log/support/talk.ts";
import { countStatements, statementsOf } from "../../log/support/statements.ts";
import { jobsDone } from "../../support/jobs.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { formOf } from "../support/rest.ts";
import { chat8, done, severals } from "./support.ts";

let server: TestServer;
let count: () => number;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startServer();
  count = countStatements(server);
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
  for (let n = 1; n <= 10; n += 1) {
    await done(chat8(server, n % 2 === 0 ? ann : bob).post("/messages", to(n % 2 === 0 ? bob : ann, `${n}`)));
    const file = { content: new Uint8Array(await photo("png")), name: "tea.png" };
    const form = formOf({ file, receiver_id: String(numberOf(bob)) });
    const { file_url: content } = await done(chat8(server, ann).upload("/upload/file", form));
    await done(chat8(server, ann).post("/messages", { ...to(bob, content), message_type: "image" }));
  }
});
afterAll(() => server.stop());

const to = (whom: Person, content: string) => ({ receiver_id: numberOf(whom), content });
/** The fewest statements of a few tries: what jobs do meanwhile is not what is counted. */
async function fewest(work: () => Promise<unknown>): Promise<number> {
  await work();
  await jobsDone(server);
  const counts: number[] = [];
  for (let tries = 0; tries < 4; tries += 1) counts.push(await statementsOf(count, work));
  return Math.min(...counts);
}

test("a page with files takes no more statements than through GraphQL, however long it is", async () => {
  const conversationId = await direct(ann, bob);
  const page = `query ($id: ID!, $last: Int) { conversation(id: $id) { viewerMembership { lastReadSeq } messages(last: $last) {
    nodes { id content type createdAt sender { id } file { url name size } } } } }`;
  const byGraphql = (last: number) => () => asks(bob, page, { id: conversationId, last });
  const byChat8 = (limit: number) => () => done(chat8(server, bob).get(`/messages/${numberOf(ann)}?limit=${limit}`));
  const [few, many] = [await fewest(byChat8(3)), await fewest(byChat8(20))];
  expect(few).toBe(many);
  expect(many).toBeLessThanOrEqual(await fewest(byGraphql(20)));
});

test("who writes to the same person again pays for the message alone", async () => {
  const conversationId = await direct(ann, bob);
  const byChat8 = await fewest(() => done(chat8(server, ann).post("/messages", to(bob, "hi"))));
  expect(byChat8).toBeLessThanOrEqual(await fewest(() => say(ann, conversationId, "hi")));
});
