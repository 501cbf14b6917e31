import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { type NodesOnRedis, startNodesOnRedis } from "../../log/support/two-nodes.ts";
import { describeWithRedis } from "../../support/redis.ts";
import { does } from "../../support/rooms.ts";
import { roomSocket } from "../support/socket.ts";
import { add, asChatter, type Chatter, chatter, done, history, join, roomOf, says } from "./support.ts";

describeWithRedis("on two nodes", () => {
  vi.setConfig({ testTimeout: 60_000 });
  let nodes: NodesOnRedis;
  let ann: Chatter;
  let bob: Chatter;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
    ann = await chatter(nodes.here, "ann");
    bob = asChatter(nodes.there, (await chatter(nodes.here, "bob")).at(nodes.there));
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test("messages that come in at both are heard at both once, in one order, which is the history's", async () => {
    const { id } = await roomOf(ann);
    await join(bob, id);
    await using hers = await roomSocket(nodes.here, ann, id);
    await using his = await roomSocket(nodes.there, bob, id);
    for (let n = 0; n < 40; n += 1) {
      hers.say({ type: "chat_message", content: `a${n}` });
      his.say({ type: "chat_message", content: `b${n}` });
      if (n % 10 === 0) await says(bob, id, `c${n}`);
    }
    const ids = (socket: typeof hers): number[] => socket.of("chat_message").map(({ message }) => message.id);
    await vi.waitFor(() => expect([ids(hers).length, ids(his).length]).toEqual([84, 84]), { timeout: 20_000 });
    const { messages } = await history(ann, id, "?page_size=100");
    const kept = messages.slice(-84).map((message: { id: number }) => message.id);
    expect(ids(hers)).toEqual(kept);
    expect(ids(his)).toEqual(kept);
  });

  test("who comes and goes at one is told of at the other, once for all of their sockets", async () => {
    const { id } = await roomOf(ann);
    await using hers = await roomSocket(nodes.here, ann, id);
    const far = await roomSocket(nodes.there, bob, id);
    expect(await hers.hears("user_join")).toMatchObject({ user: { id: bob.number } });
    const near = await roomSocket(nodes.here, bob, id);
    await far[Symbol.asyncDispose]();
    near.say({ type: "typing", is_typing: true });
    expect(await hers.hears("typing")).toMatchObject({ user: { id: bob.number } });
    await near[Symbol.asyncDispose]();
    expect(await hers.hears("user_leave")).toMatchObject({ user: { id: bob.number } });
    expect(hers.of("user_join")).toHaveLength(1);
    expect(hers.of("user_leave")).toHaveLength(1);
  });

  test("typing, reading and deleting at one are told of at the other", async () => {
    const { id } = await roomOf(ann);
    await join(bob, id);
    await using hers = await roomSocket(nodes.here, ann, id);
    await using his = await roomSocket(nodes.there, bob, id);
    his.say({ type: "typing", is_typing: true });
    expect(await hers.hears("typing")).toMatchObject({ is_typing: true, user: { id: bob.number } });
    const said = await says(ann, id, "hello");
    await his.hears("chat_message");
    await done(bob.chat.post(`/api/chat/messages/${said.id}/read/`));
    expect(await hers.hears("message_read")).toMatchObject({ message_id: said.id });
    await done(ann.chat.delete(`/api/chat/messages/${said.id}/delete/`));
    expect(await his.hears("message_deleted")).toMatchObject({ message_id: said.id });
  });

  test("who is put out at one hears nothing more at the other, and a login ended at one is over at both", async () => {
    const { id } = await roomOf(ann, { room_type: "private" });
    await add(ann, id, bob);
    const his = await roomSocket(nodes.there, bob, id);
    await does(ann, "removeMember", { conversationId: `conv_${id}`, userId: bob.id });
    await says(ann, id, "behind his back");
    expect((await his.closed).code).toBe(4404);
    expect(JSON.stringify(his.heard)).not.toContain("behind his back");
    await add(ann, id, bob);
    const back = await roomSocket(nodes.there, bob, id);
    await bob.at(nodes.here).graphql("mutation { logout { __typename } }");
    expect((await back.closed).code).toBe(4401);
  });
});
