import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { direct } from "../../log/support/friends.ts";
import { type InFlight, network } from "../../log/support/network.ts";
import { send } from "../../log/support/talk.ts";
import { type TwoNodes, startTwoNodes } from "../../log/support/two-nodes.ts";
import { type Person, person } from "../../support/people.ts";
import { does, room } from "../../support/rooms.ts";
import { numberOf } from "../../support/presence.ts";
import { type DialectSocket, roomSocket, userSocket } from "../support/socket.ts";

let nodes: TwoNodes;
let ann: Person;
let bob: Person;
/** What is on its way between the nodes; nothing arrives unless a test lets it. */
let inFlight: InFlight[] = [];

beforeAll(async () => {
  nodes = await startTwoNodes();
  network([nodes.here, nodes.there], (event) => inFlight.push(event));
  ann = await person(nodes.here, "ann");
  bob = await person(nodes.there, "bob");
});
afterAll(() => nodes[Symbol.asyncDispose]());
beforeEach(() => {
  inFlight = [];
});

const WORDS = ["one", "two", "three", "four"];

/** Bob's socket at the other node than the one where ann writes, and where that is. */
type Listening = () => Promise<{ readonly where: string; readonly socket: DialectSocket }>;

const SOCKETS: readonly [dialect: string, frame: string, listen: Listening][] = [
  [
    "django-chat",
    "chat_message",
    async () => {
      const { id } = await room(ann);
      await does(bob, "joinRoom", { roomId: id });
      return { where: id, socket: await roomSocket(nodes.there, bob, numberOf({ id })) };
    },
  ],
  [
    "chat8",
    "new_message",
    async () => {
      const where = await direct(ann, bob);
      return { where, socket: await userSocket(nodes.there, bob) };
    },
  ],
];

/** What becomes of all that the nodes have to say to each other of the words, before the last one arrives. */
const FATES: readonly [fate: string, arrive: (events: readonly InFlight[]) => void][] = [
  ["never", () => undefined],
  ["in the wrong order", (events) => arriveAll(events.toReversed())],
  ["twice", (events) => arriveAll([...events, ...events])],
];

function arriveAll(events: readonly InFlight[]): void {
  for (const event of events) event.arrive();
}

test.each(
  SOCKETS.flatMap(([dialect, type, listen]) =>
    FATES.map(([fate, arrive]) => [dialect, fate, type, listen, arrive] as const),
  ),
)(
  "a socket of %s hears each message once and in order, though what nodes say to each other comes %s",
  async (_, __, type, listen, arrive) => {
    const { where, socket } = await listen();
    await using hers = socket;
    // Where the socket stands is known by what it hears: this is written where it is.
    const here = type === "chat_message" ? bob : ann.at(nodes.there);
    await send(here, where, "here I am");
    await hers.hears(type);
    inFlight = [];
    for (const word of WORDS) await send(ann, where, word);
    arrive(inFlight);
    inFlight = [];
    await send(ann, where, "last");
    arriveAll(inFlight);
    for (const _word of [...WORDS, "last"]) await hers.hears(type);
    const contents = hers.of(type).map(({ message, data }) => (message ?? data).content);
    expect(contents).toEqual(["here I am", ...WORDS, "last"]);
  },
);
