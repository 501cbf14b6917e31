import { afterAll, beforeAll, expect, test } from "vitest";

import { asks, globalRoom, reads, says, send, tries } from "./log/support/talk.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let tea: string;
let people = 0;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "eve")]);
  tea = (await room(ann, { visibility: "PRIVATE" })).id;
  await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
});
afterAll(() => server.stop());

const UNKNOWN = "conv_999999";

test("what one person writes another reads, numbered without a gap", async () => {
  const global = await globalRoom(ann);
  expect(await send(ann, global, "Hello, 世界")).toMatchObject({ seq: 1, sender: { username: "ann" } });
  expect(await send(bob, global, "مرحبا")).toMatchObject({ seq: 2 });
  const { lastSeq, messages } = await reads(eve, global);
  expect(lastSeq).toBe(2);
  expect(messages.nodes).toMatchObject([
    { seq: 1, content: "Hello, 世界", sender: { username: "ann" }, isEdited: false, isDeleted: false },
    { seq: 2, content: "مرحبا", sender: { username: "bob" } },
  ]);
});

test.for([
  ["one character", "x"],
  ["5,000 characters", "x".repeat(5_000)],
  ["5,000 emoji, each of which is one character", "🫖".repeat(5_000)],
  ["only white space", " \n\t"],
  ["right-to-left marks and combining characters", "\u202Eabc\u0301\u200D"],
])("%s can be said and come back as they were", async ([, content]) => {
  const { id } = await send(ann, tea, content as string);
  const { message } = await asks(bob, `query ($id: ID!) { message(id: $id) { content } }`, { id });
  expect(message.content).toBe(content);
});

test.for([
  ["nothing", ""],
  ["5,001 characters", "x".repeat(5_001)],
  ["5,001 emoji", "🫖".repeat(5_001)],
  ["NUL", "a\0b"],
  ["half of a surrogate pair", "a\uD83Db"],
  ["surrogates in the wrong order", "\uDE00\uD83D"],
])("%s cannot be said, nor put in place of what was said", async ([, content]) => {
  const { lastSeq } = await reads(ann, tea);
  expect(await refusal(tries(ann, "sendMessage", { conversationId: tea, content }))).toBe("BAD_USER_INPUT content");
  expect((await reads(ann, tea)).lastSeq).toBe(lastSeq);
  const { id } = await send(ann, tea, "as it was");
  expect(await refusal(tries(ann, "editMessage", { messageId: id, content }))).toBe("BAD_USER_INPUT content");
  expect((await reads(ann, tea, { last: 1 })).messages.nodes).toMatchObject([
    { content: "as it was", isEdited: false },
  ]);
});

test("one's own message is edited and deleted, and then says nothing any more", async () => {
  const { id, seq, cursor } = await send(ann, tea, "first words");
  const edited = await says(ann, "editMessage", { messageId: id, content: "better words" });
  expect(edited).toMatchObject({ id, seq, content: "better words", isEdited: true, isDeleted: false });
  expect(edited.cursor).not.toBe(cursor);
  const deleted = await says(ann, "deleteMessage", { messageId: id });
  expect(deleted).toMatchObject({ id, seq, content: "", isDeleted: true });
  expect((await reads(bob, tea, { last: 1 })).messages.nodes).toEqual([deleted]);
});

test("saying the same again in an edit, and deleting once more, change nothing", async () => {
  const { id } = await send(ann, tea, "the same");
  const { cursor } = await reads(ann, tea);
  await says(ann, "editMessage", { messageId: id, content: "the same" });
  expect((await reads(ann, tea)).cursor).toBe(cursor);
  const { cursor: deleted } = await says(ann, "deleteMessage", { messageId: id });
  expect(await says(ann, "deleteMessage", { messageId: id })).toMatchObject({ cursor: deleted });
});

test("nobody edits the words of others or of the deleted, and only a moderator deletes those of others", async () => {
  const byBob = (await send(bob, tea, "of bob")).id;
  const byAnn = (await send(ann, tea, "of ann")).id;
  expect(await refusal(tries(ann, "editMessage", { messageId: byBob, content: "!" }))).toBe("FORBIDDEN messageId");
  expect(await refusal(tries(bob, "deleteMessage", { messageId: byAnn }))).toBe("FORBIDDEN messageId");
  await says(ann, "deleteMessage", { messageId: byBob });
  expect(await refusal(tries(bob, "editMessage", { messageId: byBob, content: "!" }))).toBe("FORBIDDEN messageId");
});

test("to an outsider a message reads as one that does not exist, whatever they try", async () => {
  const { id } = await send(ann, tea, "between us");
  for (const messageId of [id, "msg_999999"]) {
    const answers = await Promise.all([
      eve.graphql(`query ($id: ID!) { message(id: $id) { id } }`, { id: messageId }),
      tries(eve, "editMessage", { messageId, content: "!" }),
      tries(eve, "deleteMessage", { messageId }),
      tries(eve, "addReaction", { messageId, emoji: "👍" }),
    ]);
    expect(answers[0]).toMatchObject({ data: { message: null } });
    expect(answers.slice(1).map(({ errors }) => errors?.[0])).toMatchObject(
      Array.from({ length: 3 }, () => ({
        message: "There is no such message.",
        extensions: { code: "NOT_FOUND", field: "messageId" },
      })),
    );
  }
});

test("to an outsider a conversation reads as one that does not exist", async () => {
  const refusals = await Promise.all(
    [tea, UNKNOWN].map(async (conversationId) => {
      const { errors } = await tries(eve, "sendMessage", { conversationId, content: "hello?" });
      return [errors?.[0]?.message, errors?.[0]?.extensions.code, errors?.[0]?.extensions.field];
    }),
  );
  expect(refusals[0]).toEqual(["There is no such conversation.", "NOT_FOUND", "conversationId"]);
  expect(refusals[1]).toEqual(refusals[0]);
});

test("an answer names the message that it answers, of the same conversation only", async () => {
  const question = await send(ann, tea, "Tea?");
  const { message } = (
    await asks(
      bob,
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { replyTo { id content } } } }`,
      { input: { conversationId: tea, content: "Please", replyToId: question.id } },
    )
  ).sendMessage;
  expect(message.replyTo).toEqual({ id: question.id, content: "Tea?" });

  const elsewhere = await send(ann, await globalRoom(ann), "elsewhere");
  for (const replyToId of [elsewhere.id, "msg_999999"]) {
    const input = { conversationId: tea, content: "?", replyToId };
    expect(await refusal(tries(bob, "sendMessage", input))).toBe("NOT_FOUND replyToId");
  }
  const malformed = { conversationId: tea, content: "?", replyToId: "user_1" };
  expect(await refusal(tries(bob, "sendMessage", malformed))).toBe("BAD_USER_INPUT replyToId");
});

test("a mention is of a member, by name, and follows an edit; an e-mail address is none", async () => {
  const MENTIONS = `query ($id: ID!) { message(id: $id) { mentions { username } } }`;
  const mentioned = async (id: string): Promise<string[]> => {
    const { message } = await asks(ann, MENTIONS, { id });
    return message.mentions.map(({ username }: { username: string }) => username);
  };
  const { id } = await send(ann, tea, "@BOB, @eve and bob@ann.example: look at @bob.");
  expect(await mentioned(id)).toEqual(["bob"]);
  await says(ann, "editMessage", { messageId: id, content: "no, @ann" });
  expect(await mentioned(id)).toEqual(["ann"]);
  const sealed = await send(ann, tea, "@bob", { isEncrypted: true });
  expect(await mentioned(sealed.id)).toEqual([]);
});

test.for<[string, string]>([
  ["नमस्ते", "@नमस्ते, hello"],
  ["नमस्ते", "@नमस्ते."],
  ["josé.x", `@${"josé.x".normalize("NFD")}`],
  ["josé.x", "＠ｊｏｓé.x"],
])("%s is mentioned by %j, and nobody whose name is only the beginning of it", async ([username, content]) => {
  const named = (who: Person, name: string) => does(who, "updateProfile", { username: name });
  people += 1;
  const [whole, part] = await Promise.all([person(server, `whole-${people}`), person(server, `part-${people}`)]);
  const { id: conversationId } = await room(ann);
  await does(ann, "addMembers", { conversationId, userIds: [whole.id, part.id] });
  await named(whole, username);
  await named(part, username.slice(0, 3));
  const { id } = await send(ann, conversationId, content);
  const { message } = await asks(ann, `query ($id: ID!) { message(id: $id) { mentions { id } } }`, { id });
  expect(message.mentions).toEqual([{ id: whole.id }]);
  await Promise.all([whole, part].map((who) => named(who, who.username)));
});

test("a word that is longer than a user name mentions nobody, however it begins", async () => {
  const begins = await person(server, "n".repeat(32));
  const { id: conversationId } = await room(ann);
  await does(ann, "addMembers", { conversationId, userIds: [begins.id] });
  const mentions = async (content: string): Promise<number> => {
    const { id } = await send(ann, conversationId, content);
    const { message } = await asks(ann, `query ($id: ID!) { message(id: $id) { mentions { id } } }`, { id });
    return message.mentions.length;
  };
  expect(await mentions(`@${begins.username}`)).toBe(1);
  expect(await mentions(`@${begins.username}${".".repeat(2_000)}`)).toBe(1);
  expect(await mentions(`@${begins.username}n`)).toBe(0);
});

test("a place is sent with a location within its bounds, and other messages have none", async () => {
  const place = { latitude: 90, longitude: -180, address: "the North Pole" };
  const { sendMessage } = await asks(
    ann,
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message {
      type content location { latitude longitude address } } } }`,
    { input: { conversationId: tea, type: "LOCATION", content: "", location: place } },
  );
  expect(sendMessage.message).toEqual({ type: "LOCATION", content: "", location: place });
  const refused = (more: object): Promise<string> =>
    refusal(tries(ann, "sendMessage", { conversationId: tea, content: "here", type: "LOCATION", ...more }));
  expect(await refused({})).toBe("BAD_USER_INPUT location");
  expect(await refused({ type: "TEXT", location: place })).toBe("BAD_USER_INPUT location");
  expect(await refused({ location: { ...place, latitude: 90.1 } })).toBe("BAD_USER_INPUT latitude");
  expect(await refused({ location: { ...place, longitude: 181 } })).toBe("BAD_USER_INPUT longitude");
  expect(await refused({ location: { ...place, address: "x".repeat(501) } })).toBe("BAD_USER_INPUT address");
});

test("nobody speaks with the server's voice, or takes its words back", async () => {
  const input = { conversationId: tea, content: "ann left.", type: "SYSTEM" };
  expect(await refusal(tries(ann, "sendMessage", input))).toBe("BAD_USER_INPUT type");
  const [note] = (await reads(ann, tea, { first: 1 })).messages.nodes;
  expect(note).toMatchObject({ sender: null });
  for (const verb of ["deleteMessage", "editMessage"] as const) {
    const change = { messageId: note?.id, ...(verb === "editMessage" ? { content: "!" } : {}) };
    expect(await refusal(tries(ann, verb, change))).toBe("FORBIDDEN messageId");
  }
});
