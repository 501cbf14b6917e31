import { print } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ConversationDocument } from "../generated/graphql.ts";
import { post } from "../support/graphql-client.ts";
import { freshDatabase } from "../support/postgres.ts";
import { type TestServer, startNode } from "../support/server.ts";
import { type CuttableWay, openWay } from "./cuttable.ts";
import { type Place, type Shown, shown } from "./keyboard.ts";
import { type Program, said, startProgram } from "./program.ts";

/** Messages in each place that somebody who is cut off misses. */
const MISSED = 20;
/** graphql-ws waits for longer and longer before it tries again: 1 to 4 seconds at first, then 2 to 5, 4 to 7 … . */
const RETRIES_MS = 60_000;
const PLACES: Place[] = ["room", "direct"];

const opened = new AsyncDisposableStack();
let server: TestServer;
/** Another node on the same database: whoever was cut off comes back there. */
let other: TestServer;
let annsWay: CuttableWay;
let bobsWay: CuttableWay;
let ann: Program;
let bob: Program;
const ids = new Map<Place, string>();

beforeAll(async () => {
  const database = await freshDatabase();
  opened.defer(() => database.drop());
  server = await startNode(database.url, undefined);
  opened.defer(() => server.stop());
  other = await startNode(database.url, undefined);
  opened.defer(() => other.stop());
  annsWay = opened.use(await openWay(server.url));
  bobsWay = opened.use(await openWay(server.url));
  ann = opened.use(await startProgram("apollo", annsWay.url, "ann"));
  bob = opened.use(await startProgram("urql", bobsWay.url, "bob"));
});
afterAll(() => opened.disposeAsync());

test("two people make friends, and open a room and a direct conversation", async () => {
  expect((await bob.type({ do: "befriend", username: "ann" })).status).toBe("PENDING");
  expect((await ann.type({ do: "accept" })).status).toBe("ACCEPTED");
  const room = (await ann.type({ do: "found", slug: "tea" })).id ?? "";
  expect((await bob.type({ do: "join", slug: "tea" })).id).toBe(room);
  const direct = (await bob.type({ do: "open", username: "ann" })).id ?? "";
  expect((await ann.type({ do: "open", username: "bob" })).id).toBe(direct);
  ids.set("room", room).set("direct", direct);
});

test("what either of them says in either place, the other hears", async () => {
  for (const place of PLACES) {
    await isHeard(bob, ann, place);
    await isHeard(ann, bob, place);
    expect((await fresh(ann, place)).map(({ sender }) => sender)).toEqual(expect.arrayContaining(["ann", "bob"]));
  }
});

describe("somebody who is cut off in the middle and comes back at another node has every message once and in order", () => {
  test(
    "on Apollo Client, which goes on after the last cursor",
    async () => {
      const misspelt = await say(bob, "room", "Milk first.");
      const unkind = await say(bob, "room", "You are late.");
      const before = ann.lines.length;
      await cutOff(ann, annsWay, bob, async () => {
        const unheard = await say(bob, "room", "Two sugars.");
        await say(bob, "room", "And a biscuit.");
        await bob.type({ do: "edit", id: misspelt, text: "Milk last." });
        await bob.type({ do: "edit", id: unheard, text: "One sugar." });
        await bob.type({ do: "delete", id: unkind });
      });
      for (const place of PLACES) {
        const all = await fresh(ann, place);
        expect(await ann.shows(place)).toEqual(all);
        const added = said(ann.lines.slice(before), "heard").filter(
          (line) => line.in === place && line.change === "added",
        );
        expect(added.length).toBeGreaterThan(MISSED);
        expect(added.map(({ seq }) => seq)).toEqual(all.slice(-added.length).map(({ seq }) => seq));
      }
      expect((await fresh(ann, "room")).filter(({ isEdited }) => isEdited).map(({ content }) => content)).toEqual([
        "Milk last.",
        "One sugar.",
      ]);
    },
    RETRIES_MS,
  );

  test(
    "on urql, which leaves it to the server under its resumeKey",
    async () => {
      await cutOff(bob, bobsWay, ann);
      for (const place of PLACES) {
        const screen = await bob.shows(place);
        const all = await fresh(bob, place);
        expect(screen.length).toBeGreaterThan(2 * MISSED);
        expect(screen).toEqual(all.slice(all.findIndex(({ id }) => id === screen[0]?.id)));
      }
    },
    RETRIES_MS,
  );
});

async function say(speaker: Program, place: Place, text: string): Promise<string> {
  return (await speaker.type({ do: "say", in: place, text })).id ?? "";
}

/** Speaks until the other hears: nothing tells when a subscription without a cursor has begun. */
async function isHeard(speaker: Program, listener: Program, place: Place): Promise<void> {
  const before = listener.lines.length;
  const hears = () => said(listener.lines.slice(before), "heard").some((line) => line.in === place);
  while (!hears()) await say(speaker, place, "Do you hear me?");
  await catchesUp(listener, place);
}

/** Cuts somebody off, lets the other write a lot and do more, and waits until whoever was cut off is back and has caught up. */
async function cutOff(
  program: Program,
  way: CuttableWay,
  speaker: Program,
  more = async (): Promise<void> => {},
): Promise<void> {
  const cuts = said(program.lines, "disconnected").length;
  const returns = said(program.lines, "connected").length;
  way.cut();
  await program.sees((lines) => said(lines, "disconnected")[cuts]);
  for (let count = 1; count <= MISSED; count += 1) {
    for (const place of PLACES) await say(speaker, place, `Number ${count} of ${MISSED}`);
  }
  await more();
  for (const place of PLACES) await say(speaker, place, "That was all.");
  expect(said(program.lines, "connected")).toHaveLength(returns);
  way.mend(other.url);
  await program.sees((lines) => said(lines, "connected")[returns]);
  for (const place of PLACES) await catchesUp(program, place);
}

/** Changes arrive in the order of the log: whoever has heard of the newest message has heard of all. */
async function catchesUp(program: Program, place: Place): Promise<void> {
  const newest = (await fresh(program, place)).at(-1)?.seq;
  await program.sees((lines) => said(lines, "heard").find((line) => line.in === place && line.seq === newest));
}

/** The conversation as the server tells it to the program's user who asks for the first time. */
async function fresh(program: Program, place: Place): Promise<Shown[]> {
  const [{ accessToken } = { accessToken: "" }] = said(program.lines, "registered");
  const variables = { id: ids.get(place), last: 100 };
  const { data } = await post(server.url, print(ConversationDocument), variables, {
    authorization: `Bearer ${accessToken}`,
  });
  return data.conversation.messages.nodes.map(shown);
}
