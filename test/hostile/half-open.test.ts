import { afterAll, beforeAll, expect, test } from "vitest";

import { type Person, person } from "../support/people.ts";
import { type RawSocket, closeOf, rawSocket } from "../support/raw-socket.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { gate } from "./support/gate.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

/** Counts who listens for the end of a session, from now on. */
function countListeners(): () => number {
  const { sessions } = server.services;
  const onEnd = sessions.onEnd.bind(sessions);
  const listening = new Set<() => void>();
  sessions.onEnd = (sessionId, listener) => {
    const stop = onEnd(sessionId, listener);
    listening.add(listener);
    return () => {
      listening.delete(listener);
      stop();
    };
  };
  return () => listening.size;
}

async function introduced(): Promise<RawSocket> {
  const socket = await rawSocket(server.wsUrl);
  socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
  return socket;
}

test("nobody listens for the end of a session on behalf of a connection that closed before it was let in", async () => {
  const listeners = countListeners();

  const open = await introduced();
  await open.hear();
  expect(listeners()).toBe(1);
  open.ws.terminate();
  await expect.poll(listeners, { timeout: 10_000 }).toBe(0);

  for (const leave of ["close", "terminate"] as const) {
    using held = gate(server.services.sessions, "standing", "after");
    const { ws } = await introduced();
    await held.calls(1);
    const closed = closeOf(ws);
    ws[leave]();
    await closed;
    // By the time that others were served, the server has seen it go, and then gone on where it was held.
    await person(server, `before-${leave}`);
    held.open();
    await person(server, `after-${leave}`);
    expect(listeners(), leave).toBe(0);
  }
});
