import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { ringOut, start } from "../../support/calls.ts";
import { direct } from "../../log/support/friends.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type DialectSocket, userSocket } from "../support/socket.ts";
import { chat8, done, severals, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let hers: DialectSocket;
let his: DialectSocket;
beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
  [hers, his] = [await userSocket(server, ann), await userSocket(server, bob)];
});
afterEach(async () => {
  for (const socket of [hers, his]) await socket[Symbol.asyncDispose]();
});
afterAll(() => server.stop());

const CALL_ID = expect.stringMatching(/^call_\d+$/) as string;

/** Ann calls Bob. @returns the call's id */
async function calls(type = "voice_call_invite"): Promise<string> {
  hers.say({ type, data: { to_user_id: numberOf(bob) } });
  const invited = await his.hears(type);
  const invitation = { call_id: CALL_ID, from_user_id: numberOf(ann), from_username: ann.username };
  expect(invited).toEqual({ type, data: invitation, timestamp: TIME });
  expect((await hers.hears("call_started")).data).toEqual({
    call_id: invited.data.call_id,
    to_user_id: numberOf(bob),
  });
  return String(invited.data.call_id);
}

const tell = (call_id: string, who: Person | null, reason: string | null) => ({
  call_id,
  user_id: who === null ? 0 : numberOf(who),
  reason,
});
const says = (socket: DialectSocket, type: string, call_id: string): void => socket.say({ type, data: { call_id } });
async function bothHear(type: string, data: object): Promise<void> {
  for (const socket of [hers, his]) expect((await socket.hears(type)).data).toEqual(data);
}

test.each(["voice_call_invite", "video_call_invite"])("a %s that is accepted ends when one hangs up", async (type) => {
  const id = await calls(type);
  says(his, "call_accept", id);
  await bothHear("call_accepted", tell(id, bob, null));
  says(hers, "call_end", id);
  await bothHear("call_ended", tell(id, ann, "hung_up"));
});

test("a call that is rejected is over", async () => {
  const id = await calls();
  says(his, "call_reject", id);
  await bothHear("call_rejected", tell(id, bob, "declined"));
  await bothHear("call_ended", tell(id, bob, "declined"));
});

test("a call is given up by who called, before anybody answers", async () => {
  const id = await calls();
  says(hers, "call_end", id);
  await bothHear("call_ended", tell(id, ann, "cancelled"));
});

test("a call that nobody answers rings out, by nobody's doing", async () => {
  const id = await calls();
  await ringOut(server, id);
  await bothHear("call_ended", tell(id, null, "missed"));
});

test("who is in a call is busy for the next one", async () => {
  const [carl] = (await severals(server, 1)) as [Person];
  await using carls = await userSocket(server, carl);
  says(his, "call_accept", await calls());
  await hers.hears("call_accepted");
  carls.say({ type: "voice_call_invite", data: { to_user_id: numberOf(bob) } });
  const { data } = await carls.hears("call_ended");
  expect(data).toMatchObject({ reason: "busy" });
  hers.say({ type: "voice_call_invite", data: { to_user_id: numberOf(carl) } });
  expect((await hers.hears("error")).data.code).toBe("CONFLICT");
});

test("at one's other login it rings no more when one has answered, which it hears", async () => {
  const { access_token: accessToken } = await done(chat8(server, null).post("/auth/login", bob));
  await using elsewhere = await userSocket(server, { ...bob, accessToken });
  const id = await calls();
  await elsewhere.hears("voice_call_invite");
  says(his, "call_accept", id);
  expect((await elsewhere.hears("call_accepted")).data).toEqual(tell(id, bob, "answered_elsewhere"));
  says(elsewhere, "call_accept", id);
  expect((await elsewhere.hears("error")).data.code).toBe("CONFLICT");
});

test("a call lives while the socket of who is in it stands", async () => {
  const id = await calls();
  says(his, "call_accept", id);
  await hers.hears("call_accepted");
  const sql = "select count(*)::int as n from call_parties where call_id = $1 and node_id is not null";
  const { rows } = await server.services.database.pool.query<{ n: number }>(sql, [id.split("_")[1]]);
  expect(rows[0]?.n).toBe(2);
});

describe("nobody", () => {
  test("answers a call between others", async () => {
    const [eve] = (await severals(server, 1)) as [Person];
    await using others = await userSocket(server, eve);
    const id = await calls();
    for (const type of ["call_accept", "call_reject", "call_end"]) {
      says(others, type, id);
      expect((await others.hears("error")).data.code).toBe("NOT_FOUND");
    }
    expect(others.heard.map(({ type }) => type)).toEqual(["pong", "error", "error", "error"]);
  });

  test("answers a call of their own, nor one that is over", async () => {
    const id = await calls();
    says(hers, "call_reject", id);
    expect((await hers.hears("error")).data.code).toBe("CONFLICT");
    says(hers, "call_end", id);
    await his.hears("call_ended");
    says(his, "call_accept", id);
    expect((await his.hears("error")).data.code).toBe("CONFLICT");
  });

  test("answers a group's call here, where none is heard of", async () => {
    const { id: conversationId } = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] })).group;
    const { id } = await start(ann, conversationId);
    says(his, "call_accept", id);
    expect((await his.hears("error")).data.code).toBe("NOT_FOUND");
    expect(his.heard.map(({ type }) => type)).toEqual(["pong", "error"]);
  });
});

test("GraphQL's calls ring here, and what became of a call stands in the history, said by the server", async () => {
  const conversationId = await direct(ann, bob);
  const { id } = await start(ann, conversationId, { media: "VIDEO" });
  expect((await his.hears("video_call_invite")).data.call_id).toBe(id);
  says(his, "call_reject", id);
  await hers.hears("call_ended");
  const said = {
    sender_id: 0,
    content: `${ann.username} started a video call. It was declined.`,
    message_type: "text",
  };
  for (const [socket, who, whom] of [[hers, ann, bob] as const, [his, bob, ann] as const]) {
    expect((await socket.hears("new_message")).data).toMatchObject({
      ...said,
      sender_username: "system",
      receiver_id: 0,
    });
    const { messages } = await done(chat8(server, who).get(`/messages/${numberOf(whom)}`));
    expect(messages).toMatchObject([{ ...said, receiver_id: numberOf(who), is_read: false }]);
  }
});
