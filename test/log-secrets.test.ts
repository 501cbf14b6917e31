import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { Writable } from "node:stream";

import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createServer } from "../src/http/server.ts";

const TOKEN = "of-somebody.which-no-log.is-to-have";

const lines: string[] = [];
const sink = new Writable({
  write(line: Buffer, _encoding, done) {
    lines.push(line.toString());
    done();
  },
});
const server = createServer(pino({ level: "trace" }, sink));

beforeAll(() => server.listen({ port: 0, host: "127.0.0.1" }));
afterAll(() => server.close());

test.each([
  ["in its address", `GET /ws/1?token=${TOKEN} HTTP/1.1\r\nHost nowhere\r\n\r\n`],
  ["in a header", `GET / HTTP/1.1\r\nAuthorization: Bearer ${TOKEN}\r\nHost nowhere\r\n\r\n`],
])("of a request that is no HTTP the log says what is wrong, and not the token %s", async (_, request) => {
  lines.length = 0;
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1", () => socket.write(request)).resume();
  await once(socket, "close");
  const written = lines.join("");
  expect(written).toContain("HPE_INVALID_HEADER_TOKEN");
  // As text, or as the numbers of its bytes.
  expect(written).not.toContain(TOKEN);
  expect(written).not.toContain([...Buffer.from(TOKEN)].join(","));
});
