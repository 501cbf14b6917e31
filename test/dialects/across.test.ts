import { afterAll, beforeAll, test } from "vitest";

import { type TestServer, startServer } from "../support/server.ts";
import { SHOWINGS, showsOnce } from "./support/across/presence.ts";
import { KINDS } from "./support/across/scene.ts";
import { SENDINGS, speaksAtOnce, walk } from "./support/across/walk.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test.concurrent.each(SENDINGS)(
  "what is done by %s in %s every door tells once, in order, and has in its history",
  async (_, kind, sender) => {
    await walk(server, server, kind, sender);
  },
);

test.concurrent.each(SHOWINGS.map((showing) => [showing.name, showing.shownAs, showing] as const))(
  "who is shown otherwise by %s, %s, is told of once by every door that tells of friends",
  async (_, __, showing) => {
    await showsOnce(server, server, showing);
  },
);

test.concurrent.each(KINDS)(
  "what is said in %s by every door at once is told by every door in the log's order",
  async (kind) => {
    await speaksAtOnce(server, server, kind);
  },
);
