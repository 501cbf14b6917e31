import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { befriends, direct } from "./log/support/friends.ts";
import { says, send } from "./log/support/talk.ts";
import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { type Voice, administrator, does, refusal, room } from "./support/rooms.ts";
import { finds, indexed, numberOf, search, timePasses } from "./support/search.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let root: Voice;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "eve")]);
  root = await administrator(server);
  await befriends(ann, bob);
});
afterAll(() => server.stop());

/** Asks twice: of messages that were sent a moment ago, and of the index alone. */
async function inBothWays(expectations: () => Promise<void>): Promise<void> {
  await expectations();
  await timePasses(server, ann);
  await expectations();
}

const privateRoom = async (...members: Person[]): Promise<string> => {
  const { id } = await room(ann, { visibility: "PRIVATE" });
  if (members.length > 0)
    await does(ann, "addMembers", { conversationId: id, userIds: members.map((member) => member.id) });
  return id;
};

describe("who finds what", () => {
  test("a message is found by those who are in its conversation, and by no outsider", async () => {
    const id = await privateRoom(bob);
    const between = await direct(ann, bob);
    await send(bob, id, "a secret of the privateroom");
    await send(ann, between, "a secret of the twoofus");
    await inBothWays(async () => {
      for (const one of [ann, bob]) {
        expect(await finds(one, "secret privateroom")).toHaveLength(1);
        expect(await finds(one, "twoofus", { conversationId: between })).toHaveLength(1);
      }
      for (const stranger of [eve, root]) {
        expect(await finds(stranger, "privateroom")).toEqual([]);
        expect(await finds(stranger, "twoofus")).toEqual([]);
        expect(await refusal(search(stranger, "twoofus", { conversationId: between }))).toBe(
          "NOT_FOUND conversationId",
        );
      }
      expect(await refusal(search(eve, "secret", { conversationId: id }))).toBe("NOT_FOUND conversationId");
    });
  });

  test("who left, was removed or banned finds nothing there any more; who comes back does", async () => {
    const id = await privateRoom(bob, eve);
    await send(ann, id, "the departures");
    await does(bob, "leaveConversation", { conversationId: id });
    await does(ann, "updateMember", { conversationId: id, userId: eve.id, banned: true });
    await inBothWays(async () => {
      for (const gone of [bob, eve]) {
        expect(await finds(gone, "departures")).toEqual([]);
        expect(await refusal(search(gone, "departures", { conversationId: id }))).toBe("NOT_FOUND conversationId");
      }
      expect(await finds(ann, "departures")).toEqual(["the departures"]);
    });
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    expect(await finds(bob, "departures")).toEqual(["the departures"]);
  });

  test("a PUBLIC room is searched by its members, by others who name it, and not by who is banned", async () => {
    const { id } = await room(ann);
    await send(ann, id, "public marmalade");
    await inBothWays(async () => {
      expect(await finds(ann, "marmalade")).toHaveLength(1);
      expect(await finds(eve, "marmalade")).toEqual([]);
      expect(await finds(eve, "marmalade", { conversationId: id })).toHaveLength(1);
    });
    await does(eve, "joinRoom", { roomId: id });
    expect(await finds(eve, "marmalade")).toHaveLength(1);
    await does(ann, "updateMember", { conversationId: id, userId: eve.id, banned: true });
    expect(await finds(eve, "marmalade")).toEqual([]);
    expect(await refusal(search(eve, "marmalade", { conversationId: id }))).toBe("NOT_FOUND conversationId");
  });

  test("an administrator finds in a PRIVATE room what they could read there, where they name it", async () => {
    const id = await privateRoom();
    await send(ann, id, "administrative quince");
    expect(await finds(root, "quince")).toEqual([]);
    expect(await finds(root, "quince", { conversationId: id })).toEqual(["administrative quince"]);
  });

  test("nobody searches who is not logged in", async () => {
    const { errors } = await post(server.url, `{ searchMessages(query: "tea") { nodes { id } } }`);
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });
});

describe("what is found", () => {
  test("an edited message is found by what it says now, and no longer by what it said", async () => {
    const { id } = await room(ann);
    const { id: messageId } = await send(ann, id, "the former turnip");
    await timePasses(server, ann);
    await says(ann, "editMessage", { messageId, content: "the latter parsnip" });
    // The index may still hold the former words: they find nothing from the first moment on.
    expect(await finds(ann, "turnip")).toEqual([]);
    await indexed(server);
    expect(await finds(ann, "parsnip")).toEqual(["the latter parsnip"]);
    expect(await finds(ann, "turnip")).toEqual([]);
    expect(await lexemesOf(messageId)).not.toContain("turnip");
  });

  test.each(["deleteMessage", "recallMessage"])(
    "after %s nothing of a message is found or in the index",
    async (verb) => {
      const { id } = await room(ann);
      const sent = async (content: string): Promise<string> => (await send(ann, id, content)).id;
      const [old, fresh] = [await sent(`an old rhubarb ${verb}`), await sent(`a rhubarb ${verb}`)];
      await timePasses(server, ann);
      expect(await lexemesOf(old)).toContain("rhubarb");
      const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
      for (const messageId of [old, fresh]) {
        const { errors } = await ann.graphql(`mutation ($input: ${type}!) { ${verb}(input: $input) { __typename } }`, {
          input: { messageId },
        });
        expect(errors).toBeUndefined();
        expect(await lexemesOf(messageId)).toBeNull();
      }
      expect(await finds(ann, `rhubarb ${verb}`)).toEqual([]);
      await indexed(server);
      expect(await lexemesOf(old)).toBeNull();
    },
  );

  test("an encrypted message is never in the index, nor found before it would be", async () => {
    const id = await direct(ann, bob);
    const { id: messageId } = await send(ann, id, "ciphertext horseradish", { isEncrypted: true });
    await send(ann, id, "plain horseradish");
    await inBothWays(async () => {
      expect(await finds(ann, "horseradish")).toEqual(["plain horseradish"]);
      expect(await finds(ann, "ciphertext", { conversationId: id })).toEqual([]);
    });
    expect(await lexemesOf(messageId)).toBeNull();
  });

  test("what the server says of joining and leaving is not found", async () => {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    await inBothWays(async () => expect(await finds(ann, "joined", { conversationId: id })).toEqual([]));
  });

  test("a message goes out of the index with its row", async () => {
    const { id } = await room(ann);
    const { id: messageId } = await send(ann, id, "a purged salsify");
    await timePasses(server, ann);
    await server.services.database.pool.query("delete from messages where id = $1", [numberOf("message", messageId)]);
    expect(await lexemesOf(messageId)).toBeNull();
    expect(await finds(ann, "salsify")).toEqual([]);
  });
});

describe("filters", () => {
  test("a search keeps to a conversation, a sender and a time, together too", async () => {
    const [one, other] = [await privateRoom(bob), await privateRoom(bob)];
    const stamps: string[] = [];
    for (const [sender, id, words] of [
      [ann, one, "celery 1"],
      [bob, one, "celery 2"],
      [ann, other, "celery 3"],
      [bob, other, "celery 4"],
    ] as const) {
      const { id: messageId } = await send(sender, id, words);
      const { rows } = await server.services.database.pool.query<{ at: string }>(
        `update messages set created_at = date_trunc('second', now()) + $2 * interval '1 second' where id = $1
         returning to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
        [numberOf("message", messageId), stamps.length],
      );
      stamps.push(String(rows[0]?.at));
    }
    const [, second, third] = stamps;
    await inBothWays(async () => {
      const celery = async (more: Record<string, unknown>): Promise<string[]> =>
        (await finds(ann, "celery", more)).map((content) => content.replace("celery ", ""));
      expect(await celery({})).toEqual(["4", "3", "2", "1"]);
      expect(await celery({ conversationId: one })).toEqual(["2", "1"]);
      expect(await celery({ senderId: ann.id })).toEqual(["3", "1"]);
      expect(await celery({ senderId: eve.id })).toEqual([]);
      expect(await celery({ from: second })).toEqual(["4", "3", "2"]);
      expect(await celery({ to: second })).toEqual(["1"]);
      expect(await celery({ from: second, to: third })).toEqual(["2"]);
      expect(await celery({ conversationId: other, senderId: bob.id, from: third })).toEqual(["4"]);
      expect(await celery({ to: "2001-01-01T00:00:00Z" })).toEqual([]);
      expect(await celery({ from: "2999-01-01T00:00:00Z" })).toEqual([]);
    });
  });

  test.each([
    ["conversationId", { conversationId: "user_1" }],
    ["conversationId", { conversationId: "conv_999999" }],
    ["senderId", { senderId: "conv_1" }],
    ["first", { first: 0 }],
    ["first", { first: 101 }],
    ["after", { after: "nonsense" }],
    ["to", { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }],
  ])("a bad %s is refused by name: %j", async (field, more) => {
    expect(await refusal(search(ann, "tea", more))).toMatch(new RegExp(`^(BAD_USER_INPUT|NOT_FOUND) ${field}$`));
  });
});

describe("pages", () => {
  test("hold each message once, the newest first, whatever is sent meanwhile, at one time too", async () => {
    const { id } = await room(ann);
    for (let n = 1; n <= 11; n += 1) await send(ann, id, `page kohlrabi ${n}`);
    await server.services.database.pool.query(
      "update messages set created_at = date_trunc('minute', created_at) where conversation_id = $1",
      [numberOf("conversation", id)],
    );
    await inBothWays(async () => {
      const seen: string[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const { data } = await search(ann, "kohlrabi page", { first: 4, after });
        const { nodes, pageInfo } = data.searchMessages;
        seen.push(...nodes.map(({ content }: { content: string }) => content));
        expect(pageInfo.hasPreviousPage).toBe(after !== null);
        more = pageInfo.hasNextPage;
        after = pageInfo.endCursor;
        await send(ann, id, `unpaged ${seen.length}`);
      }
      expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => `page kohlrabi ${11 - n}`));
    });
  });

  test("go on from the newest messages into the index", async () => {
    const { id } = await room(ann);
    for (let n = 1; n <= 3; n += 1) await send(ann, id, `fennel ${n}`);
    await timePasses(server, ann);
    for (let n = 4; n <= 6; n += 1) await send(ann, id, `fennel ${n}`);
    expect(await finds(ann, "fennel")).toEqual([6, 5, 4, 3, 2, 1].map((n) => `fennel ${n}`));
    const { data } = await search(ann, "fennel", { first: 2 });
    const { endCursor } = data.searchMessages.pageInfo;
    expect(await finds(ann, "fennel", { first: 3, after: endCursor })).toEqual([4, 3, 2].map((n) => `fennel ${n}`));
  });
});

describe("queries", () => {
  test.each([
    "",
    "   ",
    "?!… — «»",
    "'",
    "\\",
    "&|!()<->:*",
    "\u200b\u200d",
    "~:@",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "x".repeat(201),
    "x".repeat(10_000),
  ])("without a word, or too long, are refused: %j", async (query) => {
    expect(await refusal(search(ann, query))).toBe("BAD_USER_INPUT query");
  });

  test("of more than ten words are refused, and of ten are not", async () => {
    const words = Array.from({ length: 11 }, (_, n) => `w${n}`);
    const { errors } = await search(ann, words.join(" "));
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "query", limit: 10 });
    expect(await finds(ann, words.slice(1).join(" "))).toEqual([]);
  });

  test.each([
    "'lamp' & | ! ( ) <-> :*",
    "lamp:*",
    "!lamp",
    "lamp' or '1'='1",
    "lamp\\",
    "~:lamp@1",
    "lamp%",
    "lamp_",
    "$$lamp$$",
    "{lamp,1}",
    "lamp\u202e",
  ])("mean no more than their words: %j", async (query) => {
    const { id } = await room(ann);
    await send(ann, id, `a lamp or 1 in ${id}`);
    await inBothWays(async () => {
      expect(await finds(ann, query, { conversationId: id })).toEqual([`a lamp or 1 in ${id}`]);
    });
  });

  test("that would take too long are cut with a reason", async () => {
    const { rows } = await server.services.database.pool.query(
      "select id from search_messages(array[1], search_terms('tea'), null, null, null, null, 20, 4000, 0) as found (id)",
    );
    expect(rows).toEqual([{ id: null }]);
  });

  test("beside a conversation's cursor are answered from the same snapshot", async () => {
    const { id } = await room(ann);
    await send(ann, id, "snapshot salad");
    const { data, errors } = await ann.graphql(
      `query ($id: ID!) { conversation(id: $id) { cursor } searchMessages(query: "snapshot") { nodes { content } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data.searchMessages.nodes).toEqual([{ content: "snapshot salad" }]);
  });
});

/** What the index holds of a message; null where it does not know it. */
async function lexemesOf(messageId: string): Promise<string | null> {
  const { rows } = await server.services.database.pool.query<{ terms: string }>(
    "select terms::text from message_search where message_id = $1",
    [numberOf("message", messageId)],
  );
  return rows[0]?.terms ?? null;
}
