import { once } from "node:events";
import { connect } from "node:net";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { DOORS } from "../../src/dialects/dialects.ts";
import { stored } from "../files/support/stored.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { BROKEN, FORM_TYPES } from "./support/hostile-forms.ts";
import { faultsIn } from "./support/refusals.ts";
import { request } from "./support/rest.ts";

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: TestServer;
let ann: Person;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await startServer({ dataDir: directory.path });
  ann = await person(server, "ann");
});
afterAll(async () => {
  await server.stop();
  await directory[Symbol.asyncDispose]();
});

/** Every endpoint, the name of its dialect, and how its body is written. */
const ENDPOINTS = DOORS.flatMap(({ DIALECT, ROUTES }) =>
  ROUTES.map(({ path, takes = "json" }) => [path, DIALECT.name, takes] as const),
);
const FORMS = ENDPOINTS.filter(([, , takes]) => takes !== "json");
const UPLOADS = ENDPOINTS.filter(([, , takes]) => takes === "file");

const arriving = async (): Promise<number> => (await stored(directory.path)).arriving;
/** Waits until so many files are on their way. */
const arrive = (count: number): Promise<void> =>
  vi.waitFor(async () => expect(await arriving()).toBe(count), { timeout: 10_000 });

test.each(FORMS)("a broken form to %s of %s is refused by its own words", async (path, dialect) => {
  const faults: string[] = [];
  const before = await arriving();
  for (const type of FORM_TYPES) {
    for (const [name, body] of Object.entries(BROKEN)) {
      const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": type };
      const answer = await request(server, path, { method: "POST", headers, body });
      faults.push(...faultsIn(answer, dialect).map((fault) => `A form ${name}, ${type}: ${fault}`));
    }
  }
  expect(faults).toEqual([]);
  await arrive(before);
});

test.each(UPLOADS)("whoever hangs up within a form to %s of %s leaves nothing behind", async (path) => {
  const before = await arriving();
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${ann.accessToken}`,
    "Content-Type: multipart/form-data; boundary=x",
    "Content-Length: 500000",
  ];
  const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  socket.write(`${head.join("\r\n")}\r\n\r\n${part}${"words ".repeat(20_000)}`);
  await arrive(before + 1);
  socket.destroy();
  await arrive(before);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
