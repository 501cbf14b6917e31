import "reflect-metadata";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { exists, visibleIn } from "../src/messages/reach.ts";
import { markReadTo } from "../src/messages/read-mark.service.ts";
import { says, send } from "./log/support/talk.ts";
import { conversation } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { contextAs, refusalOf } from "./support/context.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let tea: string;
let open: string;
let first: number;
let second: number;
const NONE = 999_999_999;

const as = (who: Person) => contextAs(server, who);
const numberOf = (id: string): number => rowId("conversation", id, "id");
const said = async (id: string, content: string): Promise<number> =>
  rowId("message", (await send(ann, id, content)).id, "id");

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  tea = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] })).group.id;
  open = (await room(ann)).id;
  [first, second] = [await said(tea, "one"), await said(tea, "two")];
});
afterAll(() => server.stop());

test("whether a message exists is told to whoever asks, and what it says is not", async () => {
  expect(await exists(as(eve), first)).toBe(true);
  expect(await exists(as(eve), NONE)).toBe(false);
  expect(await refusalOf(visibleIn(as(eve), first, numberOf(tea), "messageId"))).toBe("NOT_FOUND messageId");
});

test("a message is found where it stands, and in no other conversation that one sees as well", async () => {
  expect((await visibleIn(as(bob), first, numberOf(tea), "messageId")).content).toBe("one");
  expect(await refusalOf(visibleIn(as(bob), first, numberOf(open), "before"))).toBe("NOT_FOUND before");
  expect(await refusalOf(visibleIn(as(bob), NONE, numberOf(tea), "before"))).toBe("NOT_FOUND before");
});

describe("reading up to a message", () => {
  const unread = async () => (await conversation(bob, tea, "unreadCount")).unreadCount;

  test("moves the reading position there, and never back", async () => {
    expect(await unread()).toBe(2);
    expect((await markReadTo(as(bob), first)).seq).toBe(2);
    expect(await unread()).toBe(1);
    await markReadTo(as(bob), second);
    await markReadTo(as(bob), first);
    expect(await unread()).toBe(0);
  });

  test("that was deleted counts as any other", async () => {
    const [gone, last] = [await said(tea, "gone"), await said(tea, "last")];
    await says(ann, "deleteMessage", { messageId: `msg_${gone}` });
    await markReadTo(as(bob), gone);
    expect(await unread()).toBe(1);
    await markReadTo(as(bob), last);
    expect(await unread()).toBe(0);
  });

  test("is for members alone: others see it and may not, or do not see it", async () => {
    expect(await refusalOf(markReadTo(as(bob), await said(open, "hello")))).toBe("FORBIDDEN messageId");
    expect(await refusalOf(markReadTo(as(eve), first))).toBe("NOT_FOUND messageId");
    expect(await refusalOf(markReadTo(as(bob), NONE))).toBe("NOT_FOUND messageId");
  });
});
