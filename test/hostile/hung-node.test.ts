import { pino } from "pino";
import { expect, test } from "vitest";

import { lockConversation } from "../../src/conversations/log.ts";
import { Context } from "../../src/kernel/context.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { globalRoom, send } from "../log/support/talk.ts";
import { startTwoNodes } from "../log/support/two-nodes.ts";
import { person } from "../support/people.ts";

test("a node that hangs amid a transaction holds nobody up for long", { timeout: 60_000 }, async () => {
  await using nodes = await startTwoNodes();
  const ann = await person(nodes.here, "ann");
  const conversationId = await globalRoom(ann);
  const origin = { requestId: "hangs", ip: "", userAgent: "" };
  const ctx = new Context(nodes.there.services, origin, pino({ level: "silent" }), null);
  const [locked, hangs] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const hung = ctx.transaction(async (tx) => {
    await lockConversation(tx, rowId("conversation", conversationId, "conversationId"));
    locked.resolve();
    await hangs.promise;
    await tx.sql("select 1");
  });
  await locked.promise;
  expect(await send(ann, conversationId, "in spite of it")).toMatchObject({ content: "in spite of it" });
  hangs.resolve();
  await expect(hung).rejects.toThrow("not queryable");
  expect(await send(ann.at(nodes.there), conversationId, "and on")).toMatchObject({ content: "and on" });
});
