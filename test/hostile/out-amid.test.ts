import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../../src/kernel/ids.ts";
import { attempt, does } from "../support/administration.ts";
import { tryStart } from "../support/calls.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
});
afterAll(() => server.stop());

const sql = async (text: string, parameters: unknown[]) =>
  (await server.services.database.pool.query(text, parameters)).rows;
const say = async (who: Person, conversationId: string): Promise<string> =>
  (await does(who, "sendMessage", { conversationId, content: "x" }, "message { id }")).message.id;

test.each(Array.from({ length: 8 }, (_, n) => n))(
  "of what a moderator does while they are put out nothing comes after it (%i)",
  async (n) => {
    const words = { name: "Tea", memberIds: [bob.id, eve.id] };
    const { id } = (await does(ann, "createGroup", words, "group { id }")).group;
    await does(ann, "updateMember", { conversationId: id, userId: eve.id, role: "ADMIN" }, "__typename");
    const [pinned, deleted, reacted] = [await say(ann, id), await say(bob, id), await say(ann, id)];
    const [recalled, edited] = [await say(eve, id), await say(eve, id)];
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const tries = [
      () => attempt(eve, "pinMessage", { messageId: pinned }, "__typename"),
      () => attempt(eve, "deleteMessage", { messageId: deleted }, "__typename"),
      () => attempt(eve, "addReaction", { messageId: reacted, emoji: "👍" }, "__typename"),
      () => attempt(eve, "recallMessage", { messageId: recalled }, "__typename"),
      () => attempt(eve, "editMessage", { messageId: edited, content: "y" }, "__typename"),
      () => attempt(eve, "forwardMessages", { messageIds: [pinned], conversationIds: [id] }, "__typename"),
      () => attempt(eve, "sendMessage", { conversationId: id, content: "z" }, "__typename"),
      () => attempt(eve, "saveDraft", { conversationId: id, content: "z" }, "__typename"),
      () => attempt(eve, "scheduleMessage", { conversationId: id, content: "z", sendAt }, "__typename"),
      () => attempt(eve, "updateConversation", { conversationId: id, name: "Hers" }, "__typename"),
      () => attempt(eve, "createInvite", { conversationId: id }, "__typename"),
      () => attempt(eve, "addMembers", { conversationId: id, userIds: [eve.id] }, "__typename"),
      () => tryStart(eve, id),
    ];
    // Each time at another place among the others.
    tries.splice(Math.floor((n * tries.length) / 8), 0, () =>
      does(ann, "removeMember", { conversationId: id, userId: eve.id }, "__typename"),
    );
    await Promise.all(tries.map((go) => go()));
    // Out of a call one is put by a job of the same commit.
    await jobsDone(server);

    const [group, her] = [rowId("conversation", id, "id"), rowId("user", eve.id, "id")];
    const later = await sql(
      `select m.id, m.content from messages m
       where m.conversation_id = $1 and m.system->>'event' is distinct from 'call' and m.position > (
         select added_position from messages where conversation_id = $1 and system->>'event' = 'removed')`,
      [group],
    );
    expect(later).toEqual([]);
    const left = await sql(
      `select 'party' as what from call_parties p join calls c on c.id = p.call_id
       where c.conversation_id = $1 and p.user_id = $2 and p.state = 'JOINED'
       union all select 'invite' from invites where conversation_id = $1 and created_by_id = $2
       union all select 'member' from members where conversation_id = $1 and user_id = $2 and left_at is null`,
      [group, her],
    );
    expect(left).toEqual([]);
    const { data } = await eve.graphql("{ viewer { activeCalls { id } conversations { nodes { id } } } }");
    expect(data.viewer.activeCalls).toEqual([]);
    expect(data.viewer.conversations.nodes.map((one: { id: string }) => one.id)).not.toContain(id);
  },
);
