import { pino } from "pino";
import { expect, test } from "vitest";

import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { globalRoom, send } from "../log/support/talk.ts";
import { direct, notified } from "../support/notifications.ts";
import { ask } from "../support/graphql-client.ts";
import { person } from "../support/people.ts";
import { comesToBe, forgetHttp, numberOf } from "../support/presence.ts";
import { startNode } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

test(
  "PostgreSQL crashes and recovers: the node goes on, whoever is connected is online, jobs are done",
  { timeout: 120_000 },
  async () => {
    await using directory = await temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log: pino({ level: "silent" }) });
    const server = await startNode(postgres.url, undefined);
    const [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
    const [room, both] = [await globalRoom(ann), await direct(ann, bob)];
    const client = bob.ws();
    await ask(client, "{ __typename }");
    await comesToBe(bob, ann, "ONLINE");
    await forgetHttp(server, bob);

    const { pool } = server.services.database;
    const sources = async (): Promise<number | null> =>
      (await pool.query("select 1 from presence_sources where user_id = $1 and node_id is not null", [numberOf(bob)]))
        .rowCount;
    await expect.poll(sources, { timeout: 20_000 }).toBe(1);
    const [backend] = (await pool.query<{ pid: number }>("select pg_backend_pid() as pid")).rows;
    if (backend === undefined) throw new Error("PostgreSQL has no process.");
    // One that is killed takes the others with it, and what the unlogged tables hold.
    process.kill(backend.pid, "SIGKILL");

    const goesOn = async (): Promise<boolean> => {
      const { errors } = await ann.graphql("{ viewer { user { id } } }");
      return errors === undefined;
    };
    await expect.poll(goesOn, { timeout: 40_000, interval: 250 }).toBe(true);
    await expect.poll(sources, { timeout: 40_000, interval: 250 }).toBe(1);
    expect(await send(ann, room, "we are back")).toMatchObject({ content: "we are back" });
    await send(ann, both, "are you there?");
    const told = async (): Promise<boolean> =>
      (await notified(bob)).some(({ type, conversation }) => type === "MESSAGE" && conversation?.id === both);
    await expect.poll(told, { timeout: 40_000, interval: 250 }).toBe(true);
    expect(await ask(client, "{ __typename }")).toEqual({ data: { __typename: "Query" } });
    await client.dispose();
    await server.stop();
    await postgres.stop();
  },
);
