import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Ear, listen, live } from "./log/support/ear.ts";
import { EVENTS, type LogEvent, UPDATED } from "./log/support/events.ts";
import { send } from "./log/support/talk.ts";
import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import { comeTime } from "./support/jobs.ts";
import { did } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { describeWithRedis } from "./support/redis.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

const STATE = `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
  __typename ... on MessageUpdated { message { id content isPinned isRecalled pinnedBy { username } } } } }`;
const DELIVERED = `subscription ($id: ID) {
  messagesDelivered(conversationId: $id) { conversationId seq deliveredAt user { username } } }`;
const SCHEDULED = `subscription { scheduledMessageChanged {
  change scheduledMessageId scheduledMessage { content status } message { content } } }`;

interface State {
  readonly __typename: string;
  readonly message: object;
}
interface Delivered {
  readonly conversationId: string;
  readonly seq: number;
}
interface Scheduled {
  readonly change: string;
  readonly scheduledMessageId: string;
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const isAbout = (id: string) => (event: LogEvent) =>
  event.__typename !== "ResyncRequired" && JSON.stringify(event).includes(id);

/** Each thing is done at one server, and heard at the other, which may be the same. */
function heardAt(servers: () => readonly [here: TestServer, there: TestServer]): void {
  let ann: Person;
  let bob: Person;
  let eve: Person;
  let tea: string;
  let open: string;
  beforeAll(async () => {
    const [here, there] = servers();
    ann = await person(here, "ann");
    [bob, eve] = await Promise.all([person(there, "bob"), person(there, "eve")]);
    tea = (await room(ann, { visibility: "PRIVATE" })).id;
    open = (await room(eve)).id;
    await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
    await does(ann, "joinRoom", { roomId: open });
  });

  test("pins and recalls are changes of the log, each one, to those who see the conversation and nobody else", async () => {
    const client = bob.ws();
    const outsider = eve.ws();
    const bobHears = listen<State>(client, STATE, { id: tea });
    const eveHears: Ear<LogEvent> = listen(outsider, UPDATED, {});
    const pokeOf = (id: string) => async () => {
      const { id: messageId } = await send(ann, id, "are you there?");
      await did(ann, "editMessage", { messageId, content: "you are!" }, "message { id }");
      return messageId;
    };
    await live([bobHears], pokeOf(tea), ({ message }, poked) => JSON.stringify(message ?? {}).includes(poked));
    await live([eveHears], pokeOf(open), (event, poked) => JSON.stringify(event).includes(poked));

    const { id } = await send(ann, tea, "hello");
    for (const verb of ["pinMessage", "unpinMessage", "pinMessage", "recallMessage"]) {
      await did(ann, verb, { messageId: id }, "message { id }");
    }
    await bobHears.until((heard) => heard.length === 5);
    const state = (content: string, isPinned: boolean, isRecalled = false) => ({
      __typename: "MessageUpdated",
      message: { id, content, isPinned, isRecalled, pinnedBy: isPinned ? { username: "ann" } : null },
    });
    expect(bobHears.heard).toEqual([
      { __typename: "MessageAdded" },
      state("hello", true),
      state("hello", false),
      state("hello", true),
      state("", false, true),
    ]);
    const last = await pokeOf(open)();
    await eveHears.until((heard) => heard.some((event) => JSON.stringify(event).includes(last)));
    expect(eveHears.heard.filter(isAbout(id))).toEqual([]);
    await Promise.all([client.dispose(), outsider.dispose()]);
  });

  test("what was missed is read on from a cursor, in its latest state", async () => {
    const first = await send(ann, tea, "from here");
    const { id } = await send(ann, tea, "pinned meanwhile");
    await did(ann, "pinMessage", { messageId: id }, "message { id }");
    await did(ann, "pinMessage", { messageId: first.id }, "message { id }");
    const client = bob.ws();
    const hears = listen<LogEvent>(client, EVENTS.replace("...Said", "id isPinned"), { id: tea, after: first.cursor });
    await hears.until((heard) => heard.length === 2);
    expect(hears.heard.filter(isAbout(id))).toHaveLength(1);
    await client.dispose();
  });

  test("a delivered mark is told to those who see the conversation, once, and to nobody else", async () => {
    const client = bob.ws();
    const outsider = eve.ws();
    const hears = listen<Delivered>(client, DELIVERED, { id: tea });
    const eveHears = listen<Delivered>(outsider, DELIVERED, {});
    const deliver = (id: string) => async () => {
      const { seq } = await send(id === open ? eve : bob, id, "has it come?");
      await did(ann, "markDelivered", { conversationId: id, seq }, "member { id }");
      return seq;
    };
    await live([hears], deliver(tea), (event, seq) => event.seq === seq);
    await live([eveHears], deliver(open), (event, seq) => event.seq === seq && event.conversationId === open);

    const seq = await deliver(tea)();
    await did(ann, "markDelivered", { conversationId: tea, seq }, "member { id }");
    await did(ann, "markRead", { conversationId: tea, seq }, "member { id }");
    const end = await deliver(tea)();
    await hears.until((heard) => heard.some((event) => event.seq === end));
    expect(hears.heard).toMatchObject([
      { conversationId: tea, seq, user: { username: "ann" } },
      { conversationId: tea, seq: end },
    ]);
    const last = await deliver(open)();
    await eveHears.until((heard) => heard.some((event) => event.seq === last));
    expect(eveHears.heard.map(({ conversationId }) => conversationId)).toEqual([open]);
    await Promise.all([client.dispose(), outsider.dispose()]);
  });

  test("what becomes of a scheduled message is told to who scheduled it, and to nobody else", async () => {
    const [here, there] = servers();
    const client = ann.at(there).ws();
    const outsider = bob.ws();
    const hears = listen<Scheduled>(client, SCHEDULED);
    const bobHears = listen<Scheduled>(outsider, SCHEDULED);
    const schedule = (who: Person) => async () => {
      const input = { conversationId: tea, content: "later", sendAt: inAnHour() };
      const { scheduledMessage } = await did(who, "scheduleMessage", input, "scheduledMessage { id }");
      return scheduledMessage.id as string;
    };
    const isOf = ({ scheduledMessageId }: Scheduled, id: string): boolean => scheduledMessageId === id;
    const signs = new Set<string>();
    const sign = async (who: Person): Promise<string> => {
      const id = await schedule(who)();
      signs.add(id);
      await did(who, "cancelScheduledMessage", { scheduledMessageId: id }, "scheduledMessageId");
      return id;
    };
    await live([hears], () => sign(ann), isOf);
    await live([bobHears], () => sign(bob), isOf);

    const id = await schedule(ann)();
    await hears.until((heard) => heard.some((event) => isOf(event, id)));
    await did(ann, "editScheduledMessage", { scheduledMessageId: id, content: "now" }, "scheduledMessage { id }");
    await hears.until((heard) => heard.some(({ change }) => change === "EDITED"));
    await comeTime(here, "sendScheduledMessage");
    await hears.until((heard) => heard.some(({ change }) => change === "SENT"));
    expect(hears.heard.filter((event) => !signs.has(event.scheduledMessageId))).toMatchObject([
      { change: "SCHEDULED", scheduledMessageId: id },
      { change: "EDITED", scheduledMessageId: id },
      { change: "SENT", scheduledMessageId: id, scheduledMessage: null, message: { content: "now" } },
    ]);
    const end = await sign(bob);
    await bobHears.until((heard) => heard.some((event) => isOf(event, end)));
    expect(bobHears.heard.filter((event) => isOf(event, id))).toEqual([]);
    await Promise.all([client.dispose(), outsider.dispose()]);
  });
}

describe("on one node", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  heardAt(() => [server, server]);
});

describeWithRedis("on two nodes and one Redis", () => {
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());
  heardAt(() => [nodes.here, nodes.there]);
});
