import { expect, test } from "vitest";

import { meddler } from "./log/support/database.ts";
import { contents, globalRoom, history } from "./log/support/talk.ts";
import { blocked } from "./support/locks.ts";
import { did } from "./support/messages.ts";
import { person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { startServerProcess } from "./support/server-process.ts";
import { startNode } from "./support/server.ts";

test(
  "a node that is killed while it sends a scheduled message leaves it to another one, and it is sent once",
  { timeout: 90_000 },
  async () => {
    const database = await freshDatabase();
    const jwtSecret = "a secret of both nodes, which is long enough";
    try {
      await using killed = await startServerProcess({
        DATABASE_URL: database.url,
        JWT_SECRET: jwtSecret,
        LOG_LEVEL: "fatal",
      });
      const ann = await person({ url: killed.url, wsUrl: `${killed.url.replace("http", "ws")}/graphql` }, "ann");
      const conversationId = await globalRoom(ann);
      const input = { conversationId, content: "once", sendAt: new Date(Date.now() + 3_600_000).toISOString() };
      await did(ann, "scheduleMessage", input, "scheduledMessage { id }");

      await using holding = await meddler(database.url);
      await using watching = await meddler(database.url);
      await holding.hold(conversationId);
      await watching.client.query(
        "update graphile_worker._private_jobs set run_at = now() where key like 'scheduled-message:%'",
      );
      await blocked(watching.client, 1);
      killed.signal("SIGKILL");
      expect(await killed.ended).toBe("SIGKILL");
      // Nobody is left who could hear that it was written, and it is.
      await holding.commit();

      const other = await startNode(database.url, undefined, { jwtSecret });
      try {
        const left = async (): Promise<number | null> =>
          (await watching.client.query("select 1 from scheduled_messages")).rowCount;
        await expect.poll(left, { timeout: 60_000, interval: 250 }).toBe(0);
        expect(
          contents(await history(ann.at(other), conversationId)).filter((content) => content === "once"),
        ).toHaveLength(1);
      } finally {
        await other.stop();
      }
    } finally {
      await database.drop();
    }
  },
);
