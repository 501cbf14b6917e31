import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { PLACES, type Place } from "../../demo/places.ts";
import { scriptOf } from "../../demo/script.ts";
import { type Data, post } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

const DEMO = fileURLToPath(new URL("../../demo/main.ts", import.meta.url));
const TEA_HOUSE = PLACES[0] as Place;
/** Some five thousand requests, on a machine that has other tests to run. */
const MANY_REQUESTS_MS = 90_000;

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

test(
  "the demo, killed in the middle and begun again, has said everything once and in order",
  async () => {
    const first = startDemo(server.url);
    while ((await textsIn(TEA_HOUSE)).length < 50);
    first.process.kill("SIGKILL");
    await first.ended;
    expect((await textsIn(TEA_HOUSE)).length).toBeLessThan(TEA_HOUSE.length);

    expect(await startDemo(server.url).ended).toContain("There are 24 people and 3091 messages now.");
    expect(await textsIn(TEA_HOUSE)).toEqual(scriptOf(TEA_HOUSE).map(({ corrected, text }) => corrected ?? text));
  },
  MANY_REQUESTS_MS,
);

test(
  "the demo begun once more finds everything there, and whoever it names can log in and see it",
  async () => {
    const before = await textsIn(TEA_HOUSE);
    const printed = await startDemo(server.url).ended;
    expect(printed).toContain("It was all there already.");
    expect(await textsIn(TEA_HOUSE)).toEqual(before);
    const [login = "", query = ""] = printed.slice(printed.indexOf("mutation {")).split("\n\n");
    const { data } = await ann.graphql(login);
    const alice = await post(server.url, query, {}, { authorization: `Bearer ${data.login.accessToken}` });
    expect(alice.data.viewer.conversations.nodes.map(({ title }: { title: string }) => title)).toContain("Flat 12");
  },
  MANY_REQUESTS_MS,
);

test("the demo says what to do where nobody answers", async () => {
  expect(await startDemo("http://127.0.0.1:9").ended).toContain("Start the server first: npm start");
});

const TEXTS = `query ($slug: String, $after: String) { room(slug: $slug) { messages(first: 100, after: $after) {
  nodes { type content } pageInfo { hasNextPage endCursor } } } }`;

/** What was said in a public room so far, the oldest first. */
async function textsIn({ key }: Place): Promise<string[]> {
  const texts: string[] = [];
  for (let after: string | null = null; ;) {
    const { data }: Data = await ann.graphql(TEXTS, { slug: key, after });
    if (data?.room == null) return texts;
    const { nodes, pageInfo } = data.room.messages;
    for (const { type, content } of nodes) if (type === "TEXT") texts.push(content);
    if (pageInfo.hasNextPage !== true) return texts;
    after = pageInfo.endCursor;
  }
}

/** Starts the demo; `ended` resolves with all that it printed. */
function startDemo(url: string) {
  const child = spawn(process.execPath, [DEMO, "--url", url], { stdio: ["ignore", "pipe", "pipe"] });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (some: Buffer) => printed.push(some));
  return { process: child, ended: once(child, "close").then(() => Buffer.concat(printed).toString()) };
}
