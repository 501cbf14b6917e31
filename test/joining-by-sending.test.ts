import "reflect-metadata";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Failure } from "../src/kernel/errors.ts";
import { rowId } from "../src/kernel/ids.ts";
import { send, sendJoining } from "../src/messages/message.service.ts";
import { MessageType } from "../src/messages/message.ts";
import { countStatements, statementsOf } from "./log/support/statements.ts";
import { jobsDone } from "./support/jobs.ts";
import { conversation } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, notes, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { contextAs, refusalOf } from "./support/context.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
});
afterAll(() => server.stop());

const said = (id: string, more: object = {}) => ({
  conversationId: rowId("conversation", id, "id"),
  type: MessageType.TEXT,
  content: "Hello",
  ...more,
});
const sends = (who: Person, id: string, more: object = {}) => sendJoining(contextAs(server, who), said(id, more));

test("who writes into a public room without being in it is in it first, and is told of as of any who joins", async () => {
  const { id } = await room(ann);
  expect((await sends(bob, id)).content).toBe("Hello");
  expect((await sends(bob, id)).content).toBe("Hello");
  expect(await conversation(bob, id, "memberCount viewerMembership { role }")).toEqual({
    memberCount: 2,
    viewerMembership: { role: "MEMBER" },
  });
  expect(await notes(ann, id)).toEqual(["ann created Tea.", "bob joined."]);
});

test("many messages at once into a room that one is not in are all written, and one joins once", async () => {
  const { id } = await room(ann);
  await Promise.all(Array.from({ length: 10 }, (_, n) => sends(bob, id, { clientMessageId: `${id} ${n}` })));
  expect(await notes(ann, id)).toEqual(["ann created Tea.", "bob joined."]);
  expect(await conversation(ann, id, "lastSeq")).toEqual({ lastSeq: 12 });
});

test("who is banned, or comes to a full room, neither writes nor is in it, and a private one does not exist", async () => {
  const [banned, full, secret] = [
    await room(ann),
    await room(ann, { maxMembers: 2 }),
    await room(ann, { visibility: "PRIVATE" }),
  ];
  await does(bob, "joinRoom", { roomId: banned.id });
  await does(ann, "updateMember", { conversationId: banned.id, userId: bob.id, banned: true });
  await does(await person(server, "cat"), "joinRoom", { roomId: full.id });
  expect(await refusalOf(sends(bob, banned.id))).toBe("FORBIDDEN conversationId");
  expect(await refusalOf(sends(bob, full.id))).toBe("CONFLICT conversationId");
  expect(await refusalOf(sends(bob, secret.id))).toBe("NOT_FOUND conversationId");
  expect(await refusalOf(sends(bob, "conv_999999"))).toBe("NOT_FOUND conversationId");
  expect(await notes(ann, full.id)).toEqual(["ann created Tea.", "cat joined."]);
});

test("a message that would be refused anyway makes nobody a member", async () => {
  const { id } = await room(ann);
  expect(await refusalOf(sends(bob, id, { content: "" }))).toBe("BAD_USER_INPUT content");
  expect(await conversation(ann, id, "memberCount")).toEqual({ memberCount: 1 });
});

test("the plain send refuses who is not in the room, and says so to programs", async () => {
  const { id } = await room(ann);
  const refusal = await send(contextAs(server, bob), said(id)).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Failure);
  expect((refusal as Failure).code).toBe("FORBIDDEN");
  expect((refusal as Failure).detail).toEqual({ field: "conversationId", reason: "NOT_MEMBER" });
});

test("who is in the room already costs no statement more than by the plain send", async () => {
  const { id } = await room(ann);
  await sends(bob, id);
  const count = countStatements(server);
  /** The fewest of a few tries: what jobs do meanwhile is not what is counted. */
  const fewest = async (work: () => Promise<unknown>): Promise<number> => {
    const counts: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await jobsDone(server);
      counts.push(await statementsOf(count, work));
    }
    return Math.min(...counts);
  };
  expect(await fewest(() => sends(bob, id))).toBe(await fewest(() => send(contextAs(server, bob), said(id))));
});
