import { type GraphQLObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ID_PREFIXES, type IdType } from "../../src/kernel/ids.ts";
import { upload } from "../files/support/uploads.ts";
import { administrator, does } from "../support/administration.ts";
import { send as asks } from "../support/friends.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { finds, indexed } from "../support/search.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { crawl, place, schema, withoutArguments } from "./support/crawl.ts";

/** Stands in whatever is ann's alone, */
const MINE = "mine-alone";
const PHONE = "+49 30 901820";
/** and in whatever only she and bob say to each other. */
const OURS = "between-us";
const DEPTH = 5;
const ROWS = 40;
const IDS = (Object.keys(ID_PREFIXES) as IdType[]).map((type) =>
  Array.from({ length: ROWS }, (_, index) => `${ID_PREFIXES[type]}_${index + 1}`),
);

let server: TestServer;
let root: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  const ann = await person(server, "ann");
  [bob, eve] = [await person(server, "bob"), await person(server, "eve")];
  await asks(ann, bob);
  await asks(bob, ann);
  await does(ann, "updateProfile", { email: `${MINE}@people.test`, phone: PHONE }, "__typename");
  await does(ann, "publishKeys", { publicKey: "public", encryptedPrivateKey: MINE }, "__typename");
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const direct = (await does(ann, "openDirectConversation", { userId: bob.id }, "conversation { id }")).conversation.id;
  const words = { name: OURS, memberIds: [bob.id] };
  const group = (await does(ann, "createGroup", words, "group { id }")).group.id;
  for (const conversationId of [direct, group]) {
    const say = { conversationId, content: OURS };
    await does(ann, "sendMessage", say, "__typename");
    await does(bob, "sendMessage", say, "__typename");
    await does(ann, "saveDraft", { conversationId, content: MINE }, "__typename");
    await does(ann, "scheduleMessage", { conversationId, content: MINE, sendAt }, "__typename");
  }
  const told = { userIds: [ann.id], title: MINE, content: MINE, data: { word: MINE } };
  await does(root, "sendNotification", told, "__typename");
  await upload(server, ann, { content: MINE, name: `${MINE}.txt` });
  await does(ann, "reportEvent", { type: "page.seen", data: { word: MINE } }, "__typename");
  await does(ann, "exportMyData", {}, "__typename");
  await jobsDone(server);
  await indexed(server);
});
afterAll(() => server.stop());

/** The ways on which somebody comes to words that are none of their business. */
async function leaks(who: Person, ...words: string[]): Promise<string[]> {
  const found = await crawl(who, withoutArguments(schema.getQueryType() as GraphQLObjectType), DEPTH);
  for (const ids of IDS) {
    found.push(
      ...(await crawl(who, [place(["nodes(ids: $ids)"], "Node")], DEPTH - 1, {
        declared: "($ids: [ID!]!)",
        values: { ids },
      })),
    );
  }
  return found
    .filter(({ answer }) => words.some((word) => answer.includes(word)))
    .map(({ way, answer }) => `${way}: ${answer.slice(0, 300)}`);
}

describe("what is somebody's own", () => {
  test("is shown to no friend", async () => {
    expect(await leaks(bob, MINE, PHONE)).toEqual([]);
    expect(await finds(bob, MINE)).toEqual([]);
  });

  test("is shown to no stranger, nor what they say to others", async () => {
    expect(await leaks(eve, MINE, PHONE, OURS)).toEqual([]);
    expect(await finds(eve, OURS)).toEqual([]);
  });

  test("is shown to no administrator beyond accounts and events, nor what they say to others", async () => {
    expect((await leaks(root, MINE, PHONE, OURS)).filter((way) => !/^(accounts|clientEvents)\b/.test(way))).toEqual([]);
    expect(await finds(root, OURS)).toEqual([]);
  });
});
