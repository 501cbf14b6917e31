import { once } from "node:events";
import { type Socket, connect } from "node:net";

import type { Person } from "../../support/people.ts";
import { UPLOAD, type Where } from "./uploads.ts";

const BOUNDARY = "x-boundary-x";

/** An upload by hand, whose bytes come when the test says so. */
export interface SlowUpload {
  readonly socket: Socket;
  /** Sends bytes of the file. */
  write(bytes: Buffer | string): Promise<void>;
  /** Sends the end of the form; answers with all that the server says. */
  end(): Promise<string>;
}

/** Begins an upload: everything but the file's bytes is sent. */
export async function beginUpload(
  { url }: Where,
  who: Person,
  { name = "file.txt", query = UPLOAD, length }: { name?: string; query?: string; length?: number } = {},
): Promise<SlowUpload> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setMaxListeners(0);
  socket.on("error", () => {
    // Who hangs up on us, or we on them, is what the tests are about.
  });
  await once(socket, "connect");
  const chunked = length === undefined;
  const send = async (bytes: Buffer | string): Promise<void> => {
    const data = Buffer.from(bytes as string);
    const frame = chunked
      ? Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")])
      : data;
    if (!socket.write(frame)) await next(socket, "drain");
  };
  socket.write(
    [
      "POST /graphql HTTP/1.1",
      `Host: ${hostname}`,
      `Authorization: Bearer ${who.accessToken}`,
      "Apollo-Require-Preflight: true",
      `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
      chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`,
      "",
      "",
    ].join("\r\n"),
  );
  const field = (named: string, value: string) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${named}"\r\n\r\n${value}\r\n`;
  await send(
    field("operations", JSON.stringify({ query, variables: { file: null } })) +
      field("map", JSON.stringify({ 0: ["variables.file"] })) +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="0"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n`,
  );
  return {
    socket,
    write: send,
    async end() {
      await send(`\r\n--${BOUNDARY}--\r\n`);
      if (chunked) socket.write("0\r\n\r\n");
      return said(socket);
    },
  };
}

/** What the server says next, as far as it comes in one piece; nothing where it hangs up. */
export const said = async (socket: Socket): Promise<string> => (await next(socket, "data")).toString();

/** Resolves when the connection is gone, in whichever way. */
export const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once("close", () => resolve());
  });

/** What the next event of this name brings, or nothing when the connection is gone before. */
async function next(socket: Socket, event: "data" | "drain"): Promise<Buffer | string> {
  return Promise.race([
    new Promise<Buffer | string>((resolve) => {
      socket.once(event, (data: Buffer | undefined) => resolve(data ?? ""));
    }),
    closeOf(socket).then(() => ""),
  ]);
}
