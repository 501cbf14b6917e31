import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { sendMany } from "./support/crowd.ts";
import { endBlocked, meddler } from "./support/database.ts";
import { listen, live } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent, inShort, positionOf } from "./support/events.ts";
import { lossyClient } from "./support/lossy-client.ts";
import { type InFlight, network } from "./support/network.ts";
import { Picture } from "./support/picture.ts";
import { type Reader, reader } from "./support/reader.ts";
import { type Said, contents, history, reads, says, send } from "./support/talk.ts";
import { type TwoNodes, startTwoNodes } from "./support/two-nodes.ts";
import { blocked } from "../support/locks.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";

let nodes: TwoNodes;
let ann: Person;
let bob: Person;
let tea: string;
/** Bob reads at the other node than the one where ann writes. */
let bobs: Reader;
/** Where the log stood before its last message, which both nodes know of. */
let before: string;
/** What is on its way between the nodes; nothing arrives unless a test lets it. */
let inFlight: InFlight[] = [];

beforeAll(async () => {
  nodes = await startTwoNodes();
  network([nodes.here, nodes.there], (event) => inFlight.push(event));
  ann = await person(nodes.here, "ann");
  bob = await person(nodes.there, "bob");
});
afterAll(() => nodes[Symbol.asyncDispose]());
beforeEach(async () => {
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
  bobs = await reader(bob, tea);
  ({ cursor: before } = await reads(bob, tea));
  // Where a subscription stands is known by what it hears: this is written where bob is.
  await bobs.comesTo((await send(bob, tea, "here I am")).cursor);
  inFlight = [];
  return () => bobs.leave();
});

const contentsHeard = (): string[] => bobs.ear.heard.map(inShort).slice(1);
const arriveAll = (events: readonly InFlight[]): void => {
  for (const event of events) event.arrive();
};

test("events that arrive in the wrong order are handed out in the right one", async () => {
  for (const word of ["one", "two", "three", "four"]) await send(ann, tea, word);
  arriveAll(inFlight.toReversed());
  await bobs.showsEverything();
  expect(contentsHeard()).toEqual(["+4 one", "+5 two", "+6 three", "+7 four"]);
});

test("events that arrive twice, and late once more, are handed out once", async () => {
  for (const word of ["one", "two"]) await send(ann, tea, word);
  arriveAll([...inFlight, ...inFlight]);
  await bobs.showsEverything();
  arriveAll(inFlight);
  await send(bob, tea, "three");
  await bobs.showsEverything();
  expect(contentsHeard()).toEqual(["+4 one", "+5 two", "+6 three"]);
});

test("events that are lost are read from the log as soon as a later one arrives", async () => {
  const { id: messageId } = await send(ann, tea, "lost");
  await says(ann, "editMessage", { messageId, content: "lost and edited" });
  await says(ann, "addReaction", { messageId, emoji: "👍" });
  await send(ann, tea, "arrives");
  inFlight.at(-1)?.arrive();
  await bobs.showsEverything();
  expect(contentsHeard()).toEqual(["+4 lost and edited", "+5 arrives"]);
});

test("a last event that is lost is found by looking where the logs stand", async () => {
  await send(ann, tea, "lost, and nothing after it");
  await nodes.there.services.hub.check();
  await bobs.showsEverything();
});

test("an event that is lost and arrives after it was read from the log is not handed out again", async () => {
  await send(ann, tea, "late");
  await nodes.there.services.hub.check();
  await bobs.showsEverything();
  arriveAll(inFlight);
  await send(bob, tea, "next");
  await bobs.showsEverything();
  expect(contentsHeard()).toEqual(["+4 late", "+5 next"]);
});

test("a reader who has read further than the node was told is neither given anything twice nor kept from anything", async () => {
  // From before what the node was told last, so that the log is read; it holds two messages that the node knows nothing of.
  const page = { ...(await reads(bob, tea, { last: 3 })), cursor: before };
  const one = await send(ann, tea, "one");
  const two = await send(ann, tea, "two");
  const client = bob.ws();
  const ahead = listen<LogEvent>(client, EVENTS, { id: tea, after: before });
  await ahead.until(({ length }) => length === 3);
  await says(ann, "editMessage", { messageId: two.id, content: "two, edited" });
  await says(ann, "editMessage", { messageId: one.id, content: "one, edited" });
  const { cursor } = await send(ann, tea, "three");
  await nodes.there.services.hub.check();
  await ahead.until((heard) => heard.some((event) => positionOf(event.cursor, tea) >= positionOf(cursor, tea)));
  expect(ahead.heard.map(inShort).slice(1)).toEqual([
    "+4 one",
    "+5 two",
    "~4 one, edited",
    "~5 two, edited",
    "+6 three",
  ]);
  for (const event of [...ahead.heard].slice(2)) {
    const again = listen<LogEvent>(client, EVENTS, { id: tea, after: event.cursor });
    const mark = await send(bob, tea, "mark");
    await again.until((heard) => heard.some((other) => inShort(other) === `+${mark.seq} mark`));
    const picture = new Picture({ ...page, messages: { ...page.messages, nodes: page.messages.nodes.slice(0, 2) } });
    for (const heard of [...ahead.heard.slice(0, ahead.heard.indexOf(event) + 1), ...again.heard]) picture.apply(heard);
    expect(picture.messages).toEqual(await history(bob, tea));
    again.stop();
  }
  await client.dispose();
});

test("who is put out at one node, and of whom no event tells the other, hears no message that was written later", async () => {
  await does(ann, "removeMember", { conversationId: tea, userId: bob.id });
  await send(ann, tea, "without bob");
  inFlight.at(-1)?.arrive();
  expect(await bobs.ear.ended).toBe("complete");
  expect(JSON.stringify(bobs.ear.heard)).not.toContain("without bob");
});

test("who is put out at one node, and of whom nothing at all tells the other, is found out by looking", async () => {
  await does(ann, "updateMember", { conversationId: tea, userId: bob.id, banned: true });
  await nodes.there.services.viewers.check();
  expect(await bobs.ear.ended).toBe("complete");
});

test("a gap of thousands of events is read whole, and what was added in it and then changed comes as added", async () => {
  const { id: messageId } = await send(ann, tea, "lost");
  await sendMany(ann, tea, 2_500);
  await says(ann, "editMessage", { messageId, content: "lost and edited" });
  await nodes.there.services.hub.check();
  await bobs.showsEverything();
  expect(contentsHeard()).toContain("+4 lost and edited");
});

test("a gap that cannot be read at once is read later", async () => {
  await using holding = await meddler(nodes.databaseUrl);
  await using watching = await meddler(nodes.databaseUrl);
  await send(ann, tea, "lost");
  await send(ann, tea, "arrives");
  await holding.client.query("begin; lock table messages in access exclusive mode");
  inFlight.at(-1)?.arrive();
  await blocked(watching.client, 1);
  // Jobs and the search index read messages too, and may be ended with the reader.
  expect(await endBlocked(watching.client)).toBeGreaterThanOrEqual(1);
  await holding.commit();
  await bobs.showsEverything();
});

test("who is put out and let in again goes on hearing, though the news that they were out comes last of all", async () => {
  const client = bob.ws();
  const ear = listen<Said>(client, ADDED);
  await live(
    [ear],
    () => send(bob, tea, "poke"),
    (event, poked) => event.id === poked.id,
  );
  inFlight = [];
  await does(ann, "removeMember", { conversationId: tea, userId: bob.id });
  const out = inFlight;
  inFlight = [];
  await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
  await send(ann, tea, "welcome back");
  arriveAll(inFlight);
  await ear.until((heard) => heard.some(({ content }) => content === "welcome back"));
  await nodes.there.services.viewers.check();
  arriveAll(out);
  await send(bob, tea, "still here");
  await ear.until((heard) => heard.some(({ content }) => content === "still here"));
  expect(contents(ear.heard).filter((content) => content === "welcome back")).toHaveLength(1);
  await client.dispose();
});

test("where it cannot be found out who may still read, subscribers are sent away to come back, and hear everything", async () => {
  const { source } = nodes.here.services.hub;
  const client = lossyClient(ann, nodes.here, { resumeKey: "doubt" });
  client.comeBackTo(nodes.here);
  const ear = listen<Said>(client.client, ADDED);
  await live(
    [ear],
    () => send(ann, tea, "poke"),
    (event, poked) => event.id === poked.id,
  );
  const { audienceAmong } = source;
  source.audienceAmong = async () => {
    source.audienceAmong = audienceAmong;
    throw new Error("the connection to the database was lost");
  };
  const closed = new Promise((resolve) => client.client.on("closed", resolve));
  await does(ann, "updateConversation", { conversationId: tea, description: "about tea" });
  expect(await closed).toMatchObject({ code: 1013 });
  await send(ann, tea, "afterwards");
  await ear.until((heard) => heard.some(({ content }) => content === "afterwards"));
  expect(contents(ear.heard)).toContain("ann changed its settings.");
  await client[Symbol.asyncDispose]();
});
