import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CASCADE_EVENTS, type CascadeEventName } from "../src/operations/cascade-events.ts";
import { allTold, type Consumer, consumer, type Told } from "./support/cascade.ts";
import type { Data, Variables } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { describeWithRedis, startRedis, type TestRedis } from "./support/redis.ts";
import { administrator, does, room, type Voice } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

/** Does what its name says, and answers with the payload. */
async function act(who: Voice, verb: string, input: Variables, fields = "__typename"): Promise<Data> {
  const type = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}Input`;
  const { data, errors } = await who.graphql(`mutation ($input: ${type}!) { ${verb}(input: $input) { ${fields} } }`, {
    input,
  });
  expect(errors, verb).toBeUndefined();
  return data[verb];
}

const said = async (who: Voice, conversationId: string, content: string, more: Variables = {}): Promise<string> =>
  (await act(who, "sendMessage", { conversationId, content, ...more }, "message { id }")).message.id;

describeWithRedis("what the cascade tells", () => {
  let redis: TestRedis;
  let server: TestServer;
  let stream: Consumer;
  let ann: Person;
  let bob: Person;
  let cat: Person;
  let root: Voice;
  let told: Told[];
  let tea: Data;
  let first: string;

  const sql = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
  const of = (type: CascadeEventName): Told[] => told.filter((event) => event.type === type);

  beforeAll(async () => {
    redis = await startRedis();
    server = await startServer({ redisUrl: redis.url });
    stream = consumer(redis.url);
    [ann, bob, cat] = [await person(server, "ann"), await person(server, "bob"), await person(server, "cat")];
    tea = await room(ann);
    await does(bob, "joinRoom", { roomId: tea.id });
    first = await said(ann, tea.id, "Hello, @bob");
    await said(ann, tea.id, "Here", { type: "LOCATION", location: { latitude: 1, longitude: 2 }, replyToId: first });
    await act(ann, "editMessage", { messageId: first, content: "Hello again" });
    await act(ann, "pinMessage", { messageId: first });
    await act(ann, "unpinMessage", { messageId: first });
    await act(bob, "addReaction", { messageId: first, emoji: "👍" });
    await act(bob, "removeReaction", { messageId: first, emoji: "👍" });
    await act(bob, "markRead", { conversationId: tea.id, messageId: first });
    await act(ann, "deleteMessage", { messageId: first });
    await act(ann, "recallMessage", { messageId: await said(ann, tea.id, "Oh") });
    await said(ann, tea.id, "y2lwaGVydGV4dA==", { isEncrypted: true });
    await act(ann, "updateConversation", { conversationId: tea.id, description: "All about tea" });
    await act(ann, "updateMember", { conversationId: tea.id, userId: bob.id, nickname: "Bobby" });
    await act(bob, "leaveConversation", { conversationId: tea.id });
    await does(ann, "createInvite", { conversationId: tea.id });
    await sql("delete from invites");
    await act(ann, "updateProfile", { displayName: "Ann B.", phone: "+49 30 901820" });
    const asked = await act(ann, "sendFriendRequest", { userId: bob.id }, "friendRequest { id }");
    await act(bob, "respondToFriendRequest", { friendRequestId: asked.friendRequest.id, accept: true });
    await act(ann, "removeFriend", { userId: bob.id });
    const again = await act(bob, "sendFriendRequest", { userId: cat.id }, "friendRequest { id }");
    await act(bob, "cancelFriendRequest", { friendRequestId: again.friendRequest.id });
    const third = await act(bob, "sendFriendRequest", { userId: cat.id }, "friendRequest { id }");
    await act(cat, "respondToFriendRequest", { friendRequestId: third.friendRequest.id, accept: false });
    await act(ann, "blockUser", { userId: cat.id });
    await act(ann, "unblockUser", { userId: cat.id });
    await act(ann, "openDirectConversation", { userId: bob.id });
    const { rows } = await sql(
      "insert into calls (conversation_id, media, started_by_id) select id, 'VOICE', 1 from conversations where kind = 'DIRECT' returning id",
    );
    await sql("update calls set state = 'ACTIVE', answered_at = now() where id = $1", [rows[0].id]);
    await sql("update calls set state = 'ENDED', ended_at = now(), end_reason = 'HUNG_UP' where id = $1", [rows[0].id]);
    root = await administrator(server);
    await act(root, "sendBroadcast", { title: "News", content: "All is well", toRoles: ["NURSE"] });
    await sql("update users set deactivated_at = now() where username = 'cat'");
    await sql("update users set deactivated_at = null where username = 'cat'");
    await sql("delete from messages where seq = 1 and content like '%created%'");
    await act(ann, "deleteConversation", { conversationId: tea.id });
    await sql("delete from users where username = 'cat'");
    await allTold(server);
    told = await stream.all();
  });
  afterAll(async () => {
    stream.close();
    await server.stop();
    await redis.stop();
  });

  // A gap is made in cascade.test.ts.
  const types = (Object.keys(CASCADE_EVENTS) as CascadeEventName[]).filter((type) => type !== "cascade.gap");

  test.each(types)("%s has the fields that its documentation names", (type) => {
    expect(of(type)).not.toEqual([]);
    for (const { data, version, at } of of(type)) {
      expect(Object.keys(data)).toEqual(CASCADE_EVENTS[type].fields);
      expect(version).toBe("1");
      expect(new Date(at).toISOString()).toBe(at);
    }
  });

  test("there is no type without documentation", () => {
    const undocumented = told.map(({ type }) => type).filter((type) => !(type in CASCADE_EVENTS));
    expect(undocumented).toEqual([]);
  });

  test("a message is told as it was at each moment, with global ids and times of RFC 3339", () => {
    const added = of("message.added").find(({ data }) => data["id"] === first);
    expect(added).toMatchObject({
      topic: tea.id,
      data: {
        conversationId: tea.id,
        seq: 3,
        senderId: ann.id,
        type: "TEXT",
        content: "Hello, @bob",
        mentions: [bob.id],
        note: null,
        replyToId: null,
        isEdited: false,
      },
    });
    expect(added?.data["createdAt"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(of("message.edited")[0]?.data).toMatchObject({ id: first, content: "Hello again", isEdited: true });
    expect(of("message.deleted")[0]?.data).toMatchObject({ id: first, content: "", mentions: [], isDeleted: true });
    expect(of("message.recalled")[0]?.data).toMatchObject({ content: "", isRecalled: true });
    const place = of("message.added").find(({ data }) => data["type"] === "LOCATION");
    expect(place?.data).toMatchObject({ replyToId: first, location: { latitude: 1, longitude: 2 } });
  });

  test("what is encrypted is told as the client encrypted it", () => {
    const secret = of("message.added").find(({ data }) => data["isEncrypted"] === true);
    expect(secret?.data["content"]).toBe("y2lwaGVydGV4dA==");
  });

  test("a note says in ids what happened", () => {
    const joined = of("message.added").find(
      ({ data }) => data["conversationId"] === tea.id && JSON.stringify(data["note"]).includes('"joined"'),
    );
    expect(joined?.data["note"]).toEqual({ event: "joined", actorId: bob.id, userIds: [bob.id], name: null });
  });

  test("each change is told once, of whom it concerns, and a friendship once for the two", () => {
    expect(of("friendship.began").map(({ topic, data }) => [topic, data])).toEqual([
      [`${ann.id}:${bob.id}`, { userIds: [ann.id, bob.id] }],
    ]);
    expect(of("message.unpinned")).toHaveLength(1);
    expect(of("member.read").filter(({ data }) => data["userId"] === bob.id)).toMatchObject([{ data: { seq: 3 } }]);
    expect(of("messages.removed").map(({ data }) => data)).toEqual([
      { conversationId: tea.id, count: 1, firstSeq: 1, lastSeq: 1 },
    ]);
    expect(of("conversation.deleted").map(({ topic }) => topic)).toEqual([tea.id]);
    expect(of("broadcast.sent")[0]?.data).toMatchObject({ senderId: root.id, toRoles: ["NURSE"], toUserIds: null });
    expect(of("conversation.created").at(-1)?.data).toMatchObject({ kind: "DIRECT", peerIds: [ann.id, bob.id] });
  });

  test("no secret is ever in it", async () => {
    const text = JSON.stringify(told);
    const { rows } = await sql("select password_hash from users where password_hash is not null");
    expect(rows).not.toEqual([]);
    for (const secret of [...rows.map((row) => String(row.password_hash)), ann.password, "901820", ann.refreshToken]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("without a Redis", () => {
  test("nothing is written down, and no job is left", async () => {
    const server = await startServer();
    try {
      const ann = await person(server, "ann");
      await said(ann, (await room(ann)).id, "Hello");
      const { rows } = await server.services.database.pool.query(
        `select (select count(*) from domain_events) as events, (select count(*) from graphile_worker._private_jobs j
           join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'cascade') as jobs`,
      );
      expect(rows).toEqual([{ events: "0", jobs: "0" }]);
    } finally {
      await server.stop();
    }
  });
});
