import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import {
  BLOCK,
  REMOVE,
  UNBLOCK,
  about,
  cancel,
  friendsAndStranger,
  requestIn,
  respond,
  send,
  strangers,
} from "./support/friends.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

interface Told {
  readonly change: string;
  readonly user: { readonly username: string; readonly friendship: string };
  readonly friendRequest: { readonly id: string; readonly status: string } | null;
}

const CHANGES = `subscription { friendshipChanged {
  change user { username friendship } friendRequest { id status }
} }`;

let server: TestServer;
/** Two whom everybody blocks, to know by the event that all events before it have come. */
let herald: Person;
let marker: Person;
const open: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startServer();
  [herald, marker] = [await person(server, "herald"), await person(server, "marker")];
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(() => server.stop());

/** Listens as somebody. @returns what tells all that they have heard since they were last asked */
async function listening(who: Person): Promise<() => Promise<Told[]>> {
  const client = who.ws();
  const told: Told[] = [];
  let came = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  open.push(() => client.dispose());
  client.subscribe<{ friendshipChanged: Told }>(
    { query: CHANGES },
    {
      next: ({ data, errors }) => {
        if (data == null) failed.reject(new Error(JSON.stringify(errors)));
        else told.push(data.friendshipChanged);
        came.resolve();
      },
      error: (error) => failed.reject(new Error("the subscription failed", { cause: error })),
      complete: () => undefined,
    },
  );
  const heardOf = async (whom: Person, times: number): Promise<void> => {
    while (
      told.filter(({ change, user }) => change === "UNBLOCKED" && user.username === whom.username).length < times
    ) {
      await Promise.race([came.promise, failed.promise]);
      came = Promise.withResolvers();
    }
  };
  const mark = async (whom: Person): Promise<void> => {
    await about(who, BLOCK, whom);
    await about(who, UNBLOCK, whom);
  };
  // Nothing says when a subscription has begun, but that it hears something.
  while (told.length === 0) await mark(herald);
  let [marks, read] = [0, 0];
  return async () => {
    await mark(marker);
    marks += 1;
    await heardOf(marker, marks);
    const news = told.slice(read);
    read = told.length;
    return news.filter(({ user }) => user.username !== herald.username && user.username !== marker.username);
  };
}

test("a request, its taking back, its rejection and a friendship are told to both sides, and to nobody else", async () => {
  const [ada, bea, eve] = await strangers(server);
  const [adaHears, beaHears, eveHears] = await Promise.all([listening(ada), listening(bea), listening(eve)]);

  const first = requestIn(await send(ada, bea));
  await cancel(ada, first);
  const second = requestIn(await send(ada, bea));
  await respond(bea, second, false);
  const third = requestIn(await send(ada, bea));
  await respond(bea, third, true);
  await about(bea, REMOVE, ada);

  const story = [
    ["REQUESTED", first],
    ["CANCELLED", first],
    ["REQUESTED", second],
    ["REJECTED", second],
    ["REQUESTED", third],
    ["ACCEPTED", third],
    ["REMOVED", undefined],
  ];
  const [byAda, byBea] = [await adaHears(), await beaHears()];
  expect(byAda.map(({ change, friendRequest }) => [change, friendRequest?.id])).toEqual(story);
  expect(byBea.map(({ change, friendRequest }) => [change, friendRequest?.id])).toEqual(story);
  expect(new Set(byAda.map(({ user }) => user.username))).toEqual(new Set([bea.username]));
  expect(new Set(byBea.map(({ user }) => user.username))).toEqual(new Set([ada.username]));
  expect(await eveHears()).toEqual([]);
});

test("what is told says how its reader stands to the other one", async () => {
  const [ada, bea] = await strangers(server);
  const [adaHears, beaHears] = await Promise.all([listening(ada), listening(bea)]);
  const id = requestIn(await send(ada, bea));
  const friendRequest = { id, status: "PENDING" };
  expect(await adaHears()).toEqual([
    { change: "REQUESTED", user: { username: bea.username, friendship: "REQUEST_SENT" }, friendRequest },
  ]);
  expect(await beaHears()).toEqual([
    { change: "REQUESTED", user: { username: ada.username, friendship: "REQUEST_RECEIVED" }, friendRequest },
  ]);
});

test("who is blocked hears that a friendship has ended, and not of the block", async () => {
  const [ada, bea, eve] = await friendsAndStranger(server);
  const [adaHears, beaHears, eveHears] = await Promise.all([listening(ada), listening(bea), listening(eve)]);
  await about(ada, BLOCK, bea);
  await about(ada, BLOCK, eve);
  await about(ada, UNBLOCK, eve);
  const changes = (told: Told[]): string[] => told.map(({ change }) => change);
  expect(changes(await adaHears())).toEqual(["REMOVED", "BLOCKED", "BLOCKED", "UNBLOCKED"]);
  expect(changes(await beaHears())).toEqual(["REMOVED"]);
  expect(await eveHears()).toEqual([]);
});

test("who is blocked hears of a request between the two what could have been done by hand, and not of the block", async () => {
  const [ada, bea, eve] = await strangers(server);
  const [rejected, cancelled] = [requestIn(await send(bea, ada)), requestIn(await send(ada, eve))];
  const [beaHears, eveHears] = await Promise.all([listening(bea), listening(eve)]);
  await about(ada, BLOCK, bea);
  await about(ada, BLOCK, eve);
  const user = { username: ada.username, friendship: "NONE" };
  expect(await beaHears()).toEqual([{ change: "REJECTED", user, friendRequest: { id: rejected, status: "REJECTED" } }]);
  expect(await eveHears()).toEqual([
    { change: "CANCELLED", user, friendRequest: { id: cancelled, status: "CANCELLED" } },
  ]);
});

test("what is refused is told to nobody", async () => {
  const [ada, bea] = await friendsAndStranger(server);
  const [adaHears, beaHears] = await Promise.all([listening(ada), listening(bea)]);
  await send(ada, bea);
  await about(ada, UNBLOCK, bea);
  await send(ada, ada);
  expect([await adaHears(), await beaHears()]).toEqual([[], []]);
});
