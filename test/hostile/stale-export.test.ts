import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../../src/kernel/ids.ts";
import { administrator, does } from "../support/administration.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const sql = (text: string, parameters: unknown[]) => server.services.database.pool.query(text, parameters);

/** An export that somebody has asked for, whose job has yet to come. */
async function asked(who: Person, of: { user: string } | { conversation: string }): Promise<number> {
  const [kind, user, conversation] =
    "user" in of
      ? ["USER", rowId("user", of.user, "id"), null]
      : ["CONVERSATION", null, rowId("conversation", of.conversation, "id")];
  const { rows } = await sql(
    "insert into exports (kind, requested_by_id, user_id, conversation_id, token) values ($1, $2, $3, $4, $5) returning id",
    [kind, rowId("user", who.id, "id"), user, conversation, `asked by ${who.id}`],
  );
  return rows[0].id;
}

test("an export is not written for whoever lost the right to it before its job came", async () => {
  const root = await administrator(server);
  const [ann, bob, gus] = [await person(server, "ann"), await person(server, "bob"), await person(server, "gus")];
  const other = await administrator(server, "other");
  const { id } = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] }, "group { id }")).group;
  await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "OWNER" }, "__typename");
  const exports = [
    await asked(ann, { conversation: id }),
    await asked(bob, { conversation: id }),
    await asked(gus, { user: gus.id }),
    await asked(other, { user: ann.id }),
    await asked(root, { user: ann.id }),
  ];
  await does(ann, "leaveConversation", { conversationId: id }, "__typename");
  await does(root, "deactivateUser", { userId: gus.id }, "__typename");
  await does(root, "setUserRole", { userId: other.id, role: "USER" }, "__typename");

  for (const one of exports) {
    await sql("select graphile_worker.add_job('export', json_build_object('exportId', $1::bigint))", [one]);
  }
  await jobsDone(server);
  const { rows } = await sql("select state from exports where id = any ($1) order by id", [exports]);
  expect(rows.map(({ state }) => state)).toEqual(["FAILED", "READY", "FAILED", "FAILED", "READY"]);
});
