import { type GraphQLObjectType, getNamedType, isCompositeType } from "graphql";
import type { Client } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listen } from "../log/support/ear.ts";
import { form, postForm, upload } from "../files/support/uploads.ts";
import { type Asking, administrator, does, nobody, refusalOf } from "../support/administration.ts";
import { start } from "../support/calls.ts";
import { type GraphqlAnswer, type Variables, connect } from "../support/graphql-client.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { schema } from "./support/crawl.ts";
import {
  MODERATING,
  MUTATIONS,
  type Outcome,
  OWN,
  QUERIES,
  type Row,
  SUBSCRIPTIONS,
  UPLOADS,
  WRITING,
} from "./support/roots.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
/** What is ann's, or between ann and bob, and no business of eve's: by the words in capitals that stand for it below. */
let things: Record<string, string>;
let root: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  const words = { name: "Tea", memberIds: [bob.id] };
  const group = (await does(ann, "createGroup", words, "group { id }")).group.id;
  const say = { conversationId: group, content: "secret" };
  const message = (await does(ann, "sendMessage", say, "message { id }")).message.id;
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const scheduled = (await does(ann, "scheduleMessage", { ...say, sendAt }, "scheduledMessage { id }"))
    .scheduledMessage;
  const request = (await does(ann, "sendFriendRequest", { userId: bob.id }, "friendRequest { id }")).friendRequest.id;
  const report = (await does(bob, "reportMessage", { messageId: message, reason: "SPAM" }, "report { id }")).report.id;
  const asked = (await does(ann, "exportMyData", {}, "export { id }")).export.id;
  const template = { name: "hello", title: "Hello", content: "Hello" };
  const { notificationTemplate } = await does(
    root,
    "saveNotificationTemplate",
    template,
    "notificationTemplate { id }",
  );
  await does(root, "sendNotification", { userIds: [ann.id], title: "secret", content: "secret" }, "recipientCount");
  const say2 = { title: "secret", content: "secret", toUserIds: [ann.id] };
  const broadcast = (await does(root, "sendBroadcast", say2, "broadcast { id }")).broadcast.id;
  await jobsDone(server);
  const { data } = await ann.graphql("{ viewer { sessions { id } notifications { nodes { id } } } }");
  const file = await upload(server, ann, { content: "secret", name: "secret.txt" });
  things = {
    GROUP: group,
    MESSAGE: message,
    SCHEDULED: scheduled.id,
    REQUEST: request,
    REPORT: report,
    EXPORT: asked,
    TEMPLATE: notificationTemplate.id,
    BROADCAST: broadcast,
    SESSION: data.viewer.sessions[0].id,
    NOTIFICATION: data.viewer.notifications.nodes[0].id,
    FILE: file.id,
    CALL: (await start(ann, group)).id,
    ANN: ann.id,
    BOB: bob.id,
    SEND_AT: sendAt,
  };
});
afterAll(() => server.stop());

const FILE = { content: "words", name: "words.txt" };

/** The arguments, with the ids in the place of the words for them. */
function filled(value: unknown): unknown {
  if (typeof value === "string") return things[value] ?? value;
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}

/** A document that asks for one root field with arguments, as far as it takes any. */
function documentOf(type: GraphQLObjectType, name: string, given: Variables): { text: string; variables: Variables } {
  const field = type.getFields()[name];
  if (field === undefined) throw new Error(`There is no ${type.name}.${name}.`);
  const takesInput = field.args.some((argument) => argument.name === "input");
  const variables = takesInput ? { input: given } : given;
  const taken = field.args.filter((argument) => argument.name in variables || argument.name === "file");
  const declared = taken.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(", ");
  const passed = taken.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
  const around = (text: string, list: string): string => (list === "" ? text : `${text}(${list})`);
  const answer = isCompositeType(getNamedType(field.type)) ? " { __typename }" : "";
  const text = `${around(type.name.toLowerCase(), declared)} { ${around(name, passed)}${answer} }`;
  return { text, variables };
}

function outcomeOf(answer: GraphqlAnswer, name: string): Outcome {
  if (answer.errors !== undefined) return refusalOf(answer);
  const found = answer.data?.[name];
  return found === null || (Array.isArray(found) && found.every((one) => one === null)) ? "null" : "answered";
}

const [queries, mutations, subscriptions] = [
  schema.getQueryType(),
  schema.getMutationType(),
  schema.getSubscriptionType(),
] as [GraphQLObjectType, GraphQLObjectType, GraphQLObjectType];

test("every field of the roots stands in a table here", () => {
  const names = (type: GraphQLObjectType): string[] => Object.keys(type.getFields()).toSorted();
  expect(names(queries)).toEqual(Object.keys(QUERIES).toSorted());
  expect(names(mutations)).toEqual(Object.keys({ ...MUTATIONS, ...UPLOADS }).toSorted());
  expect(names(subscriptions)).toEqual(Object.keys(SUBSCRIPTIONS).toSorted());
});

/** How it goes out for somebody who asks for a query or mutation of a table. */
async function outcome(who: Asking, type: GraphQLObjectType, name: string, row: Row): Promise<Outcome> {
  const { text, variables } = documentOf(type, name, filled(row.with ?? {}) as Variables);
  return outcomeOf(await who.graphql(text, variables), name);
}

/** How a subscription ends at once. */
async function ending(client: Client, name: string, row: Row): Promise<Outcome> {
  const { text, variables } = documentOf(subscriptions, name, filled(row.with ?? {}) as Variables);
  const ended = await listen(client, text, variables).ended;
  await client.dispose();
  return Array.isArray(ended) ? refusalOf({ errors: ended }) : JSON.stringify(ended);
}

const ASKED = [
  ...Object.entries(QUERIES).map(([name, row]) => [name, row, queries] as const),
  ...Object.entries(MUTATIONS).map(([name, row]) => [name, row, mutations] as const),
];

describe("without a token", () => {
  test.each(ASKED)("%s", async (name, row, type) => {
    expect(await outcome(nobody(server), type, name, row)).toBe(row.nobody ?? "UNAUTHENTICATED");
  });

  test.each(Object.keys(UPLOADS))("%s", async (name) => {
    const { text, variables } = documentOf(mutations, name, filled(UPLOADS[name]?.with ?? {}) as Variables);
    expect(outcomeOf(await postForm(server, form(text, variables, FILE), null), name)).toBe("UNAUTHENTICATED");
  });

  test.each(Object.entries(SUBSCRIPTIONS))("%s", async (name, row) => {
    expect(await ending(connect(server.wsUrl), name, row)).toBe("UNAUTHENTICATED");
  });
});

describe("with the token of an account that was closed", () => {
  let gus: Person;
  beforeAll(async () => {
    gus = await person(server, "gus");
    await does(root, "deactivateUser", { userId: gus.id }, "__typename");
  });

  test.each(ASKED)("%s", async (name, row, type) => {
    expect(await outcome(gus, type, name, row)).toBe("UNAUTHENTICATED");
  });

  test("a socket", async () => {
    const client = gus.ws();
    const closed = new Promise((resolve) => client.on("closed", (event) => resolve((event as CloseEvent).code)));
    expect(await closed).toBe(4403);
  });
});

describe("as an outsider with an account", () => {
  test.each(ASKED)("%s", async (name, row, type) => {
    // What one does to oneself needs a self of one's own.
    const who = name === "logout" ? await person(server, "hal") : eve;
    expect(await outcome(who, type, name, row)).toBe(row.outsider);
  });

  test.each(Object.entries(UPLOADS))("%s", async (name, row) => {
    const { text, variables } = documentOf(mutations, name, filled(row.with ?? {}) as Variables);
    expect(outcomeOf(await postForm(server, form(text, variables, FILE), eve), name)).toBe(row.outsider);
  });

  test.each(Object.entries(SUBSCRIPTIONS).filter(([, row]) => row !== OWN))("%s", async (name, row) => {
    expect(await ending(eve.ws(), name, row)).toBe(row.outsider);
  });
});

describe("as a member of no rank who is muted", () => {
  beforeAll(() =>
    does(ann, "updateMember", { conversationId: things["GROUP"], userId: bob.id, muted: true }, "__typename"),
  );

  test.each(ASKED.filter(([name]) => [...MODERATING, ...WRITING].includes(name)))("%s", async (name, row, type) => {
    expect(await outcome(bob, type, name, row)).toMatch(/^FORBIDDEN /);
  });

  test("uploadFile", async () => {
    const { text, variables } = documentOf(mutations, "uploadFile", { conversationId: things["GROUP"] });
    const answer = await postForm(server, form(text, variables, FILE), bob);
    expect(outcomeOf(answer, "uploadFile")).toBe("FORBIDDEN conversationId");
  });
});

test("and after all of it everything is as it was", async () => {
  const { data } = await ann.graphql(
    `query ($group: ID!, $message: ID!) {
      conversation(id: $group) { title memberCount lastSeq pinnedMessages { id } viewerMembership { role isMuted } }
      message(id: $message) { content isEdited isDeleted reactions { emoji } }
      viewer { sessions { id } files { nodes { name } } scheduledMessages { nodes { content } } user { username role } }
    }`,
    { group: things["GROUP"], message: things["MESSAGE"] },
  );
  expect(data).toEqual({
    conversation: {
      title: "Tea",
      memberCount: 2,
      lastSeq: 2,
      pinnedMessages: [],
      viewerMembership: { role: "OWNER", isMuted: false },
    },
    message: { content: "secret", isEdited: false, isDeleted: false, reactions: [] },
    viewer: {
      sessions: [{ id: things["SESSION"] }],
      files: { nodes: [{ name: "secret.txt" }] },
      scheduledMessages: { nodes: [{ content: "secret" }] },
      user: { username: "ann", role: "USER" },
    },
  });
});
