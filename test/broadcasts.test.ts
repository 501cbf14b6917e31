import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type Ear, listen, live } from "./log/support/ear.ts";
import { administrator, attempt, audited, does, login, nobody, refusalOf } from "./support/administration.ts";
import type { Data } from "./support/graphql-client.ts";
import { jobsDone } from "./support/jobs.ts";
import { type Person, person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { describeWithRedis, startRedis } from "./support/redis.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

interface Said {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly data: unknown;
}

const HEAR = `subscription { broadcastReceived { id title content data sender { username } } }`;
const BROADCAST = "broadcast { id title content data toRoles toUserIds recipientCount sender { username } createdAt }";
const NOTICES = `{ viewer { notifications(type: BROADCAST, first: 100) { nodes { title content data actor { id } } } } }`;

let server: TestServer;
let root: Person;
let count = 0;
const open: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(() => server.stop());

const somebody = (): Promise<Person> => person(server, `listener-${(count += 1)}`);

/** Somebody of another role, with a session that began in it. */
async function of(role: string): Promise<Person> {
  const who = await somebody();
  await does(root, "setUserRole", { userId: who.id, role }, "user { id }");
  const { data } = await login(server, who.username, who.password);
  return who.as(data.login.accessToken);
}

async function say(input: object, who: Person = root): Promise<Data> {
  const { broadcast } = await does(
    who,
    "sendBroadcast",
    { title: "News", content: "There is news.", ...input },
    BROADCAST,
  );
  return broadcast;
}

/** Subscriptions of these people that are live. */
async function hearing(...people: Person[]): Promise<Ear<Said>[]> {
  const ears = people.map((who) => {
    const client = who.ws();
    open.push(() => client.dispose());
    return listen<Said>(client, HEAR);
  });
  await live(
    ears,
    () => say({ title: "Are you there?" }),
    (event, poked) => event.id === poked.id,
  );
  return ears;
}

/** What each heard, once everybody has heard a last word to all. */
async function heardBy(ears: readonly Ear<Said>[]): Promise<string[][]> {
  const last = await say({ title: "The end" });
  await Promise.all(ears.map((ear) => ear.until((heard) => heard.some(({ id }) => id === last.id))));
  return ears.map(({ heard }) => heard.filter(({ id }) => id !== last.id).map(({ title }) => title));
}

const notices = async (who: Person): Promise<string[]> => {
  const { data } = await who.graphql(NOTICES);
  return data.viewer.notifications.nodes.map(({ title }: Said) => title);
};

describe("a broadcast", () => {
  test("to everybody is heard live by everybody, and stands among their notifications once", async () => {
    const [ada, bea] = await Promise.all([somebody(), somebody()]);
    const ears = await hearing(ada, bea, root);
    const sent = await say({ title: "Maintenance", content: "At 8.", data: { minutes: 5 } });
    expect(sent).toMatchObject({ toRoles: null, toUserIds: null, sender: { username: "root" } });
    expect(await heardBy(ears)).toEqual([["Maintenance"], ["Maintenance"], ["Maintenance"]]);
    expect(ears[0]?.heard.find(({ title }) => title === "Maintenance")).toEqual({
      id: sent.id,
      title: "Maintenance",
      content: "At 8.",
      data: { minutes: 5 },
      sender: { username: "root" },
    });
    await jobsDone(server);
    for (const who of [ada, bea, root]) {
      expect((await notices(who)).filter((title) => title === "Maintenance")).toHaveLength(1);
    }
    const { data } = await ada.graphql(NOTICES);
    expect(data.viewer.notifications.nodes).toContainEqual({
      title: "Maintenance",
      content: "At 8.",
      data: { broadcastId: sent.id },
      actor: null,
    });
  });

  test("to roles or to users is neither heard nor found by anybody else", async () => {
    const [ada, doctor, nurse] = [await somebody(), await of("DOCTOR"), await of("NURSE")];
    const ears = await hearing(ada, doctor, nurse);
    const rounds = await say({ title: "Rounds", toRoles: ["DOCTOR", "NURSE", "DOCTOR"] });
    expect(rounds).toMatchObject({ toRoles: ["DOCTOR", "NURSE"], recipientCount: 2 });
    const shift = await say({ title: "Shift", toRoles: ["NURSE"] });
    const parcel = await say({ title: "Parcel", toUserIds: [ada.id, ada.id] });
    expect(parcel).toMatchObject({ toUserIds: [ada.id], recipientCount: 1 });
    expect(await heardBy(ears)).toEqual([["Parcel"], ["Rounds"], ["Rounds", "Shift"]]);

    await jobsDone(server);
    const stories = new Set(["Rounds", "Shift", "Parcel"]);
    const told = async (who: Person) => (await notices(who)).filter((title) => stories.has(title));
    expect(await told(ada)).toEqual(["Parcel"]);
    expect(await told(doctor)).toEqual(["Rounds"]);
    expect((await told(nurse)).toSorted()).toEqual(["Rounds", "Shift"]);
    expect(await told(root)).toEqual([]);

    const node = async (who: Person, { id }: Said) =>
      (
        await who.graphql(
          `query ($id: ID!) { node(id: $id) { ... on Broadcast { title toRoles toUserIds recipientCount } } }`,
          { id },
        )
      ).data.node;
    expect(await node(ada, shift)).toBeNull();
    expect(await node(ada, parcel)).toEqual({ title: "Parcel", toRoles: null, toUserIds: null, recipientCount: null });
    expect(await node(nurse, shift)).toEqual({ title: "Shift", toRoles: null, toUserIds: null, recipientCount: null });
    expect(await node(root, shift)).toMatchObject({ toRoles: ["NURSE"], recipientCount: 1 });
  });

  test("reaches who has blocked the administrator, and nobody whose account is deactivated", async () => {
    const [ada, bea] = await Promise.all([somebody(), somebody()]);
    await does(ada, "blockUser", { userId: root.id }, "__typename");
    await does(root, "deactivateUser", { userId: bea.id }, "user { id }");
    await say({ title: "To all of you", toUserIds: [ada.id, bea.id] });
    await jobsDone(server);
    expect(await notices(ada)).toContain("To all of you");
    const { rows } = await server.services.database.pool.query(
      "select 1 from notifications n join users u on u.id = n.user_id where n.title = 'To all of you' and u.username = $1",
      [bea.username],
    );
    expect(rows).toEqual([]);
  });

  test("to ten thousand people gives each of them one notification, though its job is done twice", async () => {
    const crowded = await startServer();
    try {
      const { pool } = crowded.services.database;
      const admin = await administrator(crowded);
      await pool.query(
        "insert into users (username, display_name) select 'crowd-' || n, 'Crowd' from generate_series(1, 10000) n",
      );
      const { id, recipientCount } = await say({ title: "Many" }, admin);
      expect(recipientCount).toBe(10_001);
      // As where a node died amid it: another one begins anew.
      const notice = {
        type: "BROADCAST",
        title: "Many",
        content: "There is news.",
        data: { broadcastId: id },
        key: id,
      };
      await pool.query("select graphile_worker.add_job('notify', $1::json)", [
        JSON.stringify({ to: { roles: null }, notice }),
      ]);
      await jobsDone(crowded);
      const { rows } = await pool.query<{ all: string; people: string }>(
        `select count(*) as all, count(distinct user_id) as people from notifications where type = 'BROADCAST'`,
      );
      expect(rows).toEqual([{ all: "10001", people: "10001" }]);
    } finally {
      await crowded.stop();
    }
  });

  test("is refused to everybody but administrators, and heard by nobody then", async () => {
    const ada = await somebody();
    const [ear] = await hearing(ada);
    const input = { title: "I am the boss", content: "Now." };
    expect(refusalOf(await attempt(ada, "sendBroadcast", input, BROADCAST))).toBe("FORBIDDEN");
    expect(refusalOf(await attempt(nobody(server), "sendBroadcast", input, BROADCAST))).toBe("UNAUTHENTICATED");
    const history = "{ broadcasts { nodes { title } } }";
    expect(refusalOf(await ada.graphql(history))).toBe("FORBIDDEN");
    expect(refusalOf(await nobody(server).graphql(history))).toBe("UNAUTHENTICATED");
    expect(await heardBy(ear === undefined ? [] : [ear])).toEqual([[]]);
    expect((await audited(root, { action: "sendBroadcast" })).map(({ details }) => details["title"])).not.toContain(
      "I am the boss",
    );
  });

  test.each([
    [{ title: "" }, "title"],
    [{ title: "x".repeat(101) }, "title"],
    [{ title: "two\nlines" }, "title"],
    [{ content: "" }, "content"],
    [{ content: "x".repeat(2_001) }, "content"],
    [{ data: "x".repeat(4_095) }, "data"],
    [{ data: { a: "\u0000" } }, "data"],
    [{ toRoles: [] }, "toRoles"],
    [{ toUserIds: [] }, "toUserIds"],
    [{ toUserIds: ["conv_1"] }, "toUserIds"],
    [{ toUserIds: Array.from({ length: 1_001 }, (_, n) => `user_${n + 1}`) }, "toUserIds"],
    [{ toUserIds: ["user_1"], toRoles: ["USER"] }, "toUserIds"],
  ])("is refused where it is out of bounds: %j", async (input, field) => {
    const asked = { title: "News", content: "There is news.", ...input };
    expect(refusalOf(await attempt(root, "sendBroadcast", asked, BROADCAST))).toBe(`BAD_USER_INPUT ${field}`);
  });

  test("is refused for people whom there are not, and leaves nothing behind", async () => {
    const asked = { title: "Ghosts", content: "Boo.", toUserIds: [root.id, "user_999999"] };
    expect(refusalOf(await attempt(root, "sendBroadcast", asked, BROADCAST))).toBe("NOT_FOUND toUserIds");
    const { data } = await root.graphql("{ broadcasts(first: 100) { nodes { title } } }");
    expect(data.broadcasts.nodes).not.toContainEqual({ title: "Ghosts" });
  });
});

test("the history shows what was said, page by page, and the audit log who said it", async () => {
  const titles = ["One", "Two", "Three"];
  const sent: Said[] = [];
  for (const title of titles) sent.push(await say({ title, toUserIds: [root.id] }));
  const PAGE = `query ($after: String) { broadcasts(first: 2, after: $after) {
    nodes { title } pageInfo { hasNextPage endCursor } } }`;
  const first = (await root.graphql(PAGE)).data.broadcasts;
  expect(first.nodes).toEqual([{ title: "Three" }, { title: "Two" }]);
  const next = (await root.graphql(PAGE, { after: first.pageInfo.endCursor })).data.broadcasts;
  expect(next.nodes[0]).toEqual({ title: "One" });
  const [act] = await audited(root, { targetId: sent[2]?.id });
  expect(act).toMatchObject({
    action: "sendBroadcast",
    actor: { username: "root" },
    details: { title: "Three", toRoles: null, toUsers: 1, recipients: 1 },
  });
});

describeWithRedis("on two nodes", () => {
  test("a broadcast is heard at both, by those it is for alone", async () => {
    const [redis, database] = await Promise.all([startRedis(), freshDatabase()]);
    const [here, there] = await Promise.all([startNode(database.url, redis.url), startNode(database.url, redis.url)]);
    try {
      const admin = await administrator(here);
      const [ada, bea] = [await person(here, "ada"), await person(there, "bea")];
      const clients = [ada.ws(), bea.ws()];
      const ears = clients.map((client) => listen<Said>(client, HEAR));
      await live(
        ears,
        () => say({}, admin),
        (event, poked) => event.id === poked.id,
      );
      await say({ title: "For Bea", toUserIds: [bea.id] }, admin.at(here));
      await say({ title: "For Ada", toUserIds: [ada.id] }, admin.at(there));
      const last = await say({ title: "For all" }, admin);
      await Promise.all(ears.map((ear) => ear.until((heard) => heard.some(({ id }) => id === last.id))));
      expect(ears.map(({ heard }) => heard.map(({ title }) => title))).toEqual([
        ["For Ada", "For all"],
        ["For Bea", "For all"],
      ]);
      await Promise.all(clients.map((client) => client.dispose()));
    } finally {
      await Promise.all([here.stop(), there.stop()]);
      await Promise.all([database.drop(), redis.stop()]);
    }
  });
});
