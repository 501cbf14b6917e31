import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runServerProcess, startServerProcess } from "./support/server-process.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const MAIN = "dist/main.js";
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { username } } }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { user { username } } }`;
const VIEWER = `{ viewer { user { username } } }`;
const ada = { username: "ada", password: "analytical engine" };

describe("a server process", () => {
  test("answers what is under way when it is told to stop, and stops its database last", async () => {
    await using directory = await temporaryDirectory();
    await using server = await startServerProcess({ DATA_DIR: directory.path });
    const body = JSON.stringify({ query: REGISTER, variables: { input: ada } });
    const socket = await half(server.url, body);
    server.signal("SIGTERM");
    await server.prints("stopping");
    const answer = await otherHalf(socket, body);
    expect(answer).toContain("HTTP/1.1 200 OK");
    expect(answer).toContain(`"username":"ada"`);
    expect(await server.ended).toBe(0);

    await using again = await startServerProcess({ DATA_DIR: directory.path });
    expect(await ask(again.url, LOGIN, { input: ada })).toEqual({ data: { login: { user: { username: "ada" } } } });
    again.signal("SIGINT");
    expect(await again.ended).toBe(0);
  });

  test("killed with kill -9 and started at once, knows everybody and their tokens", async () => {
    await using directory = await temporaryDirectory();
    const first = await startServerProcess({ DATA_DIR: directory.path });
    const { data } = (await ask(first.url, REGISTER, { input: ada })) as {
      data: { register: { accessToken: string } };
    };
    first.signal("SIGKILL");
    expect(await first.ended).toBe("SIGKILL");
    await using second = await startServerProcess({ DATA_DIR: directory.path });
    expect(await ask(second.url, VIEWER, {}, data.register.accessToken)).toEqual({
      data: { viewer: { user: { username: "ada" } } },
    });
  });

  test("exits at once at a second signal, though a request is still under way", async () => {
    await using directory = await temporaryDirectory();
    await using server = await startServerProcess({ DATA_DIR: directory.path });
    const socket = await half(server.url, "{}");
    server.signal("SIGTERM");
    await server.prints("stopping");
    const insisting = setInterval(() => server.signal("SIGTERM"), 50);
    expect(await server.ended).toBe(1);
    clearInterval(insisting);
    socket.destroy();
  });

  test("shows the administrator that it made once, and keeps the password for its owner only", async () => {
    await using directory = await temporaryDirectory();
    await using first = await startServerProcess({ DATA_DIR: directory.path });
    const file = join(directory.path, "admin-password");
    const password = (await readFile(file, "utf8")).trim();
    expect(first.printed()).toContain(`Administrator: admin, password ${password} (kept in ${file})`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const admin = { username: "admin", password };
    expect(await ask(first.url, LOGIN, { input: admin })).toEqual({ data: { login: { user: { username: "admin" } } } });
    first.signal("SIGTERM");
    await first.ended;
    await using second = await startServerProcess({ DATA_DIR: directory.path });
    expect(second.printed()).not.toContain(password);
  });

  test("tells every fault of its configuration, and does not start", async () => {
    const server = runServerProcess(process.execPath, [MAIN], { PORT: "many", LOG_LEVEL: "loud" });
    expect(await server.ended).toBe(1);
    expect(server.printed().split("\n")).toEqual([
      "Parlance cannot run. The configuration cannot be used:",
      "  PORT is not a whole number from 0 to 65535",
      "  LOG_LEVEL is not one of fatal, error, warn, info, debug, trace, silent",
    ]);
  });

  test("refuses a data directory that another server uses, and that one runs on", async () => {
    await using directory = await temporaryDirectory();
    await using first = await startServerProcess({ DATA_DIR: directory.path });
    const second = runServerProcess(process.execPath, [MAIN], { DATA_DIR: directory.path });
    expect(await second.ended).toBe(1);
    expect(second.printed()).toContain("Parlance cannot run. Another Parlance server is running");
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  test("says so when its port is taken, and leaves the data directory free", async () => {
    await using directory = await temporaryDirectory();
    const rival = createServer().listen(0, "127.0.0.1");
    await once(rival, "listening");
    const { port } = rival.address() as AddressInfo;
    const server = runServerProcess(process.execPath, [MAIN], { DATA_DIR: directory.path, PORT: String(port) });
    expect(await server.ended).toBe(1);
    expect(server.printed()).toContain(
      `Parlance cannot run. listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    );
    rival.close();
    await using next = await startServerProcess({ DATA_DIR: directory.path });
    expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
  });

  test("says so when DATABASE_URL leads nowhere", async () => {
    await using directory = await temporaryDirectory();
    const server = runServerProcess(process.execPath, [MAIN], {
      DATA_DIR: directory.path,
      DATABASE_URL: "postgresql://127.0.0.1:1/parlance",
    });
    expect(await server.ended).toBe(1);
    expect(server.printed()).toContain("Parlance cannot run. connect ECONNREFUSED 127.0.0.1:1");
  });

  test("exits when its PostgreSQL does", async () => {
    await using directory = await temporaryDirectory();
    await using server = await startServerProcess({ DATA_DIR: directory.path });
    process.kill(
      Number.parseInt(await readFile(join(directory.path, "postgres", "postmaster.pid"), "utf8"), 10),
      "SIGINT",
    );
    expect(await server.ended).toBe(1);
    expect(server.printed()).toContain("Parlance cannot run. PostgreSQL ended by itself");
  });

  test("started by npm, stops when npm is told to", async () => {
    await using directory = await temporaryDirectory();
    await using npm = runServerProcess("npm", ["start"], { DATA_DIR: directory.path });
    await npm.prints("Parlance is ready at ");
    npm.signal("SIGTERM");
    await npm.prints("stopping");
    await npm.ended;
    await using next = await startServerProcess({ DATA_DIR: directory.path });
    expect((await fetch(`${next.url}/healthz`)).status).toBe(200);
  });
});

async function ask(url: string, query: string, variables: object, token?: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Sends a GraphQL request up to the middle of its body, and returns when the server has surely begun with it. */
async function half(url: string, body: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = ["POST /graphql HTTP/1.1", "Host: parlance", "Content-Type: application/json", "Expect: 100-continue"];
  socket.write(`${head.join("\r\n")}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
  const [proceed] = (await once(socket, "data")) as [Buffer];
  expect(proceed.toString()).toContain("100 Continue");
  socket.write(body.slice(0, 1));
  return socket;
}

async function otherHalf(socket: Socket, body: string): Promise<string> {
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  socket.write(body.slice(1));
  await once(socket, "close");
  return answer;
}
