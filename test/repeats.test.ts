import { afterAll, beforeAll, expect, test } from "vitest";

import { says, send, tries } from "./log/support/talk.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
});
afterAll(() => server.stop());

const WAYS_OUT = {
  banned: (conversationId: string) => does(ann, "updateMember", { conversationId, userId: bob.id, banned: true }),
  removed: (conversationId: string) => does(ann, "removeMember", { conversationId, userId: bob.id }),
  "gone by themselves": (conversationId: string) => does(bob, "leaveConversation", { conversationId }),
};

test.for(Object.entries(WAYS_OUT))(
  "who is %s has no way back into a private room by repeating what they once sent",
  async ([way, goOut]) => {
    const { id: conversationId } = await room(ann, { visibility: "PRIVATE" });
    await does(ann, "addMembers", { conversationId, userIds: [bob.id] });
    const sent = { conversationId, content: "once", clientMessageId: `before ${way}` };
    const first = await says(bob, "sendMessage", sent);
    expect(await says(bob, "sendMessage", sent)).toEqual(first);
    await goOut(conversationId);
    await send(ann, conversationId, "a secret");

    const document = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message {
      conversation { messages { nodes { content } } } } } }`;
    const [repeat, another] = await Promise.all([
      bob.graphql(document, { input: sent }),
      tries(bob, "sendMessage", { ...sent, content: "new", clientMessageId: `after ${way}` }),
    ]);
    expect(JSON.stringify(repeat)).not.toContain("secret");
    expect(await refusal(Promise.resolve(repeat))).toBe("NOT_FOUND conversationId");
    expect(repeat.errors?.[0]?.message).toBe(another.errors?.[0]?.message);
    expect(await refusal(Promise.resolve(another))).toBe("NOT_FOUND conversationId");

    await does(ann, "updateMember", { conversationId, userId: bob.id, banned: false });
    await does(ann, "addMembers", { conversationId, userIds: [bob.id] });
    expect(await says(bob, "sendMessage", sent)).toEqual(first);
  },
);
