import { afterAll, beforeAll, expect, test } from "vitest";

import { befriends } from "../../log/support/friends.ts";
import { type NodesOnRedis, startNodesOnRedis } from "../../log/support/two-nodes.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { describeWithRedis } from "../../support/redis.ts";
import { userSocket } from "../support/socket.ts";
import { chat8, done, severals } from "./support.ts";

describeWithRedis("at two nodes", () => {
  let nodes: NodesOnRedis;
  let ann: Person;
  let bob: Person;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
    [ann, bob] = (await severals(nodes.here, 2)) as [Person, Person];
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  const atHers = () => userSocket(nodes.here, ann);
  const atHis = () => userSocket(nodes.there, bob);

  test("the first message between two arrives at the other node, and so does that it was read", async () => {
    await using hers = await atHers();
    await using his = await atHis();
    const sent = await done(chat8(nodes.here, ann).post("/messages", { receiver_id: numberOf(bob), content: "1" }));
    expect((await his.hears("new_message")).data).toMatchObject({ id: sent.id, content: "1" });
    await done(chat8(nodes.there, bob).put(`/messages/${sent.id}/read`));
    expect((await hers.hears("message_read")).data).toMatchObject({ message_id: sent.id, user_id: numberOf(bob) });
    await done(chat8(nodes.there, ann).delete(`/messages/${sent.id}`));
    expect((await his.hears("message_deleted")).data).toEqual({ id: sent.id });
    expect(his.of("new_message")).toHaveLength(1);
  }, 40_000);

  test("friends see each other come and choose a status", async () => {
    await befriends(ann, bob);
    await using hers = await atHers();
    await using _his = await atHis();
    await done(chat8(nodes.there, bob).put("/user/status", { status: "away" }));
    await hers.hears("user_status", ({ data }) => data.user_id === numberOf(bob) && data.status === "away");
  }, 40_000);

  test("a call rings at the other node, is accepted there and ends at both", async () => {
    await using hers = await atHers();
    await using his = await atHis();
    hers.say({ type: "voice_call_invite", data: { to_user_id: numberOf(bob) } });
    const { call_id } = (await his.hears("voice_call_invite")).data;
    his.say({ type: "call_accept", data: { call_id } });
    await hers.hears("call_accepted");
    his.say({ type: "call_end", data: { call_id } });
    for (const socket of [hers, his]) expect((await socket.hears("call_ended")).data.reason).toBe("hung_up");
  }, 40_000);

  test("a logout at one node closes the sockets at the other", async () => {
    const [carl] = (await severals(nodes.here, 1)) as [Person];
    await using socket = await userSocket(nodes.there, carl);
    await done(chat8(nodes.here, carl).post("/auth/logout"));
    expect((await socket.closed).code).toBe(4401);
  }, 40_000);
});
