import { expect, test } from "vitest";

import { gate } from "../../hostile/support/gate.ts";
import { sendMany } from "../../log/support/crowd.ts";
import { direct } from "../../log/support/friends.ts";
import { person } from "../../support/people.ts";
import { startServer } from "../../support/server.ts";
import { userSocket } from "../support/socket.ts";

/** One more than are read for a socket that comes into a conversation late. */
const TOO_MANY = 1_001;

test("a socket that missed too much to be told of it is sent away to read the history", async () => {
  const server = await startServer();
  const [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  const socket = await userSocket(server, bob);
  {
    using memberships = gate(server.services.hub.source, "memberships", "before");
    const conversationId = await direct(ann, bob);
    await memberships.calls(1);
    await sendMany(ann, conversationId, TOO_MANY);
  }
  expect((await socket.closed).code).toBe(1013);
  await server.stop();
});
