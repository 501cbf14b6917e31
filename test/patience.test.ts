import { once } from "node:events";
import { connect as connectTcp } from "node:net";

import { afterAll, beforeAll, describe, it } from "vitest";
import { Client as PgClient } from "pg";
import WebSocket from "ws";

import { blocked } from "./support/locks.ts";
import { person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { type RawSocket, closeOf, rawSocket } from "./support/raw-socket.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ accessTokenSeconds: 2 });
});
afterAll(() => server.stop());

/** Each waits for the server to lose its patience; together they take as long as the longest. */
describe.concurrent("what is not waited for without end", () => {
  it("the rest of a request's headers", async ({ expect }) => {
    const { hostname, port } = new URL(server.url);
    const socket = connectTcp(Number(port), hostname);
    socket.write("POST /graphql HTTP/1.1\r\nHost: x\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain("408");
    socket.destroy();
  });

  it("the rest of a request's body, unless it carries files", { timeout: 60_000 }, async ({ expect }) => {
    const liz = await person(server, "liz");
    const { hostname, port } = new URL(server.url);
    const begun = (type: string) => {
      const socket = connectTcp(Number(port), hostname);
      const token = `Authorization: Bearer ${liz.accessToken}`;
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: x\r\n${token}\r\nContent-Type: ${type}\r\nContent-Length: 99\r\n\r\n{`,
      );
      return socket;
    };
    const [json, files] = [begun("application/json"), begun("multipart/form-data; boundary=b")];
    const [answer] = (await once(json, "data")) as [Buffer];
    expect(answer.toString()).toContain("408");
    await once(json, "close");
    expect(files.readyState).toBe("open");
    files.destroy();
  });

  it("connection_init on a WebSocket", async ({ expect }) => {
    const socket = await rawSocket(server.wsUrl);
    expect(await closeOf(socket.ws)).toEqual({ code: 4408, reason: "Connection initialisation timeout" });
  });

  it("a peer that answers no ping, where one that does is kept", { timeout: 60_000 }, async ({ expect }) => {
    const open = async (autoPong: boolean): Promise<RawSocket> => {
      const socket = await rawSocket(server.wsUrl, { autoPong });
      socket.say({ type: "connection_init" });
      await socket.hear();
      return socket;
    };
    const [alive, dead] = await Promise.all([open(true), open(false)]);
    expect(await closeOf(dead.ws)).toMatchObject({ code: 1006 });
    expect(alive.ws.readyState).toBe(WebSocket.OPEN);
    alive.ws.close();
  });

  it("a request that does not end, when the server stops", async ({ expect }) => {
    const database = await freshDatabase();
    const node = await startNode(database.url, undefined);
    const ben = await person(node, "ben");
    const socket = await rawSocket(node.wsUrl);
    socket.say({ type: "connection_init", payload: { token: ben.accessToken } });
    await socket.hear();
    const lock = new PgClient({ connectionString: database.url });
    await lock.connect();
    await lock.query("begin; lock table users in access exclusive mode");
    const query = "{ viewer { user { username } } }";
    const cutOff = expect(ben.graphql(query)).rejects.toThrow("fetch failed");
    socket.say({ id: "1", type: "subscribe", payload: { query } });
    await blocked(lock, 2);
    const closed = closeOf(socket.ws);
    await node.stop();
    await cutOff;
    expect(await closed).toMatchObject({ code: 1001 });
    await lock.query("rollback");
    await lock.end();
    await database.drop();
  });

  it("a new token, once the old one has expired", async ({ expect }) => {
    const ann = await person(server, "ann");
    const socket = await rawSocket(server.wsUrl);
    socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
    expect(await socket.hear()).toEqual({ type: "connection_ack" });
    expect(await closeOf(socket.ws)).toEqual({ code: 4403, reason: "EXPIRED" });
  });
});
