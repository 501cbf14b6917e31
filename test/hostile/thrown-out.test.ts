import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ID_PREFIXES, type IdType } from "../../src/kernel/ids.ts";
import { SEND, download, upload } from "../files/support/uploads.ts";
import { does } from "../support/administration.ts";
import { signal, start } from "../support/calls.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { finds, indexed } from "../support/search.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type Place, crawl, place, schema, withoutArguments } from "./support/crawl.ts";

/** Stands in whatever was said inside before eve was out, */
const BEFORE = "hushhush";
/** in whatever is said and done there since, */
const SINCE = "afterwards";
/** and in the name that the conversation has since. */
const RENAMED = "renamed";
/** viewer, a list, its nodes, a conversation, its messages, their nodes. */
const DEPTH = 6;
/** Rows of each type are numbered from 1; there are fewer of any than this. */
const ROWS = 60;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const HOUR = 3_600_000;
/** Whatever has a global id. */
const NODES = [place(["nodes(ids: $ids)"], "Node")];
const IDS = (Object.keys(ID_PREFIXES) as IdType[]).map((type) =>
  Array.from({ length: ROWS }, (_, index) => `${ID_PREFIXES[type]}_${index + 1}`),
);

interface Inside {
  readonly ann: Person;
  readonly eve: Person;
  readonly id: string;
  readonly code: string;
  readonly first: string;
}

/** A conversation in which much was said, in whatever way things are said, and in which eve has left traces. */
async function inside(kind: "GROUP" | "ROOM", name: string): Promise<Inside> {
  const [ann, eve] = [await person(server, `ann-${name}`), await person(server, `eve-${name}`)];
  const words = { name: `Tea ${BEFORE}`, description: BEFORE };
  const id: string =
    kind === "GROUP"
      ? (await does(ann, "createGroup", { ...words, memberIds: [eve.id] }, "group { id }")).group.id
      : (await does(ann, "createRoom", { ...words, visibility: "PRIVATE" }, "room { id }")).room.id;
  await does(ann, "addMembers", { conversationId: id, userIds: [eve.id] }, "__typename");
  const { code } = (await does(ann, "createInvite", { conversationId: id }, "invite { code }")).invite;
  const say = async (who: Person, conversationId: string, content: string, more = {}): Promise<string> =>
    (await does(who, "sendMessage", { conversationId, content, ...more }, "message { id }")).message.id;

  const first = await say(ann, id, `${BEFORE} @${eve.username}`);
  const file = await upload(server, ann, { content: BEFORE, name: `${BEFORE}.txt` });
  await ann.graphql(SEND, { input: { conversationId: id, type: "FILE", fileId: file.id, content: BEFORE } });
  await does(ann, "pinMessage", { messageId: first }, "__typename");
  const shared = await say(ann, id, "shared");
  await does(eve, "addReaction", { messageId: first, emoji: "👍" }, "__typename");
  await say(eve, id, "hers", { replyToId: first });
  await does(eve, "reportMessage", { messageId: first, reason: "OTHER" }, "__typename");
  await does(eve, "saveDraft", { conversationId: id, content: "draft", replyToId: first }, "__typename");
  const elsewhere = (await does(eve, "createGroup", { name: "Hers", memberIds: [] }, "group { id }")).group.id;
  await does(eve, "forwardMessages", { messageIds: [shared], conversationIds: [elsewhere] }, "__typename");
  const sendAt = new Date(Date.now() + HOUR).toISOString();
  await does(eve, "scheduleMessage", { conversationId: id, content: "later", replyToId: first, sendAt }, "__typename");
  const carrying = { conversationId: elsewhere, type: "FILE", fileId: file.id, content: "", sendAt };
  await does(eve, "scheduleMessage", carrying, "__typename");
  await does(eve, "exportMyData", {}, "__typename");
  if (kind === "GROUP") {
    const call = await start(ann, id);
    await signal(eve, call.id, "ACCEPT");
    await signal(ann, call.id, "HANG_UP");
    await start(ann, id);
  }
  await jobsDone(server);
  return { ann, eve, id, code, first };
}

/** What goes on where eve is no more. */
async function goesOn({ ann, eve, id, first }: Inside): Promise<void> {
  await does(ann, "editMessage", { messageId: first, content: `${SINCE} @${eve.username}` }, "__typename");
  await does(ann, "sendMessage", { conversationId: id, content: `${SINCE} @${eve.username}` }, "__typename");
  await does(ann, "updateMember", { conversationId: id, userId: ann.id, nickname: SINCE }, "__typename");
  await does(ann, "updateConversation", { conversationId: id, name: RENAMED, description: SINCE }, "__typename");
  await jobsDone(server);
  await indexed(server);
}

const WAYS = [
  [
    "a group",
    "GROUP",
    "removed",
    ({ ann, eve, id }: Inside) => does(ann, "removeMember", { conversationId: id, userId: eve.id }, "__typename"),
  ],
  [
    "a group",
    "GROUP",
    "left",
    ({ eve, id }: Inside) => does(eve, "leaveConversation", { conversationId: id }, "__typename"),
  ],
  [
    "a private room",
    "ROOM",
    "banned",
    ({ ann, eve, id }: Inside) =>
      does(ann, "updateMember", { conversationId: id, userId: eve.id, banned: true }, "__typename"),
  ],
] as const;

describe.each(WAYS)("who is out of %s (%s, %s)", (_, kind, how, goOut) => {
  let there: Inside;
  beforeAll(async () => {
    there = await inside(kind, how);
    await goOut(there);
    await goesOn(there);
  });

  /** The ways on which eve comes to what is none of her business. */
  const leaks = async (places: readonly Place[], declared = "", values = {}, words = [BEFORE, SINCE, RENAMED]) =>
    (await crawl(there.eve, places, DEPTH, { declared, values }))
      .filter(({ answer }) => words.some((word) => answer.includes(word)))
      .map(({ way, answer }) => `${way}: ${answer.slice(0, 300)}`);

  test("reads nothing of it by what is their own, or everybody's", async () => {
    const roots = withoutArguments(schema.getQueryType() as never);
    expect(await leaks(roots)).toEqual([]);
  });

  test("reads nothing of it by any id", async () => {
    for (const ids of IDS) expect(await leaks(NODES, "($ids: [ID!]!)", { ids })).toEqual([]);
  });

  test("reads its name at the most by an invite that holds", async () => {
    const found = await leaks([place(["invite(code: $code)"], "Invite")], "($code: String!)", { code: there.code }, [
      BEFORE,
    ]);
    expect(found).toEqual([]);
  });

  test("takes nothing of it out with their data", async () => {
    const asked = (await does(there.eve, "exportMyData", { compress: false }, "export { id }")).export;
    await jobsDone(server);
    const { data } = await there.eve.graphql("query ($id: ID!) { export(id: $id) { url } }", asked);
    const text = await (await download(server, data.export.url)).text();
    expect(text).toContain(there.id);
    for (const word of [BEFORE, SINCE, RENAMED]) expect(text).not.toContain(word);
  });

  test("finds nothing that was said in it", async () => {
    for (const word of [BEFORE, SINCE]) expect(await finds(there.eve, word)).toEqual([]);
  });
});
