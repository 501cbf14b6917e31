import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { listen } from "./log/support/ear.ts";
import { countStatements, statementsOf } from "./log/support/statements.ts";
import { send } from "./log/support/talk.ts";
import { BLOCK, about, refusalOf } from "./support/friends.ts";
import { ask, connect } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { hearing, types } from "./support/typing-ear.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const newcomer = (name: string): Promise<Person> => person(server, `${name}-${randomBytes(4).toString("hex")}`);

/** A room with three members, of whom one is the herald, and somebody who is not in it. */
async function cast() {
  const [ada, bea, eve, herald] = (await Promise.all(["ada", "bea", "eve", "herald"].map(newcomer))) as [
    Person,
    Person,
    Person,
    Person,
  ];
  const tea = await room(ada, { visibility: "PUBLIC" });
  for (const who of [bea, herald]) await does(who, "joinRoom", { roomId: tea.id });
  return { ada, bea, eve, herald, tea };
}

test.concurrent("members are told when somebody begins to type and when it is over, and the typist is not", async () => {
  const { ada, bea, herald, tea } = await cast();
  const [adaHears, beaHears] = [await hearing(server, ada, tea, herald), await hearing(server, bea, tea, herald)];
  const everywhere = await hearing(server, ada, tea, herald, null);
  const { data } = await types(bea, tea.id);
  expect(data.setTyping).toEqual({ conversationId: tea.id, isTyping: true });
  await types(bea, tea.id);
  await types(bea, tea.id, false);
  await adaHears.hears("bea ends");
  await everywhere.hears("bea ends");
  expect(await adaHears.news()).toEqual(["bea begins", "bea ends"]);
  expect(await everywhere.news()).toEqual(["bea begins", "bea ends"]);
  expect(await beaHears.news()).toEqual([]);
  await Promise.all([adaHears, beaHears, everywhere].map((ear) => ear.close()));
});

test.concurrent("who goes on typing is told of once, and it ends by itself", async () => {
  const { ada, bea, herald, tea } = await cast();
  const adaHears = await hearing(server, ada, tea, herald);
  const begun = performance.now();
  await types(bea, tea.id);
  await adaHears.hears("bea begins");
  while (performance.now() - begun < 2_000) await types(bea, tea.id);
  await adaHears.hears("bea ends");
  // Six seconds after it was last said, which is told once a second.
  expect(performance.now() - begun).toBeGreaterThan(6_500);
  expect(await adaHears.news()).toEqual(["bea begins", "bea ends"]);
  await adaHears.close();
});

test.concurrent("a message ends the typing of its sender", async () => {
  const { ada, bea, herald, tea } = await cast();
  const adaHears = await hearing(server, ada, tea, herald);
  await types(bea, tea.id);
  await types(ada, tea.id);
  await send(bea, tea.id, "here it is");
  await send(herald, tea.id, "and I did not type");
  expect(await adaHears.news()).toEqual(["bea begins", "bea ends"]);
  await adaHears.close();
});

test.concurrent("who leaves, is put out, or closes their last connection types no more", async () => {
  const { ada, bea, eve, herald, tea } = await cast();
  const cleo = await newcomer("cleo");
  for (const who of [eve, cleo]) await does(who, "joinRoom", { roomId: tea.id });
  const adaHears = await hearing(server, ada, tea, herald);
  await types(bea, tea.id);
  await adaHears.hears("bea begins");
  await does(bea, "leaveConversation", { conversationId: tea.id });
  await adaHears.hears("bea ends");
  const client = eve.ws();
  const input = { conversationId: tea.id, isTyping: true };
  await ask(client, `mutation ($input: SetTypingInput!) { setTyping(input: $input) { isTyping } }`, { input });
  await adaHears.hears("eve begins");
  await client.dispose();
  await adaHears.hears("eve ends");
  await types(cleo, tea.id);
  await adaHears.hears("cleo begins");
  await does(ada, "removeMember", { conversationId: tea.id, userId: cleo.id });
  await adaHears.hears("cleo ends");
  expect(await adaHears.news()).toEqual(["bea", "eve", "cleo"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  await adaHears.close();
});

test.concurrent("only who may write there may type there", async () => {
  const { ada, bea, eve, herald, tea } = await cast();
  const secret = await room(ada, { visibility: "PRIVATE" });
  const direct = (await does(eve, "openDirectConversation", { userId: bea.id })).conversation;
  const adaHears = await hearing(server, ada, tea, herald);
  const member = (await does(ada, "updateMember", { conversationId: tea.id, userId: bea.id, muted: true })).member;
  expect(member.isMuted).toBe(true);
  await about(bea, BLOCK, eve);
  expect(refusalOf(await types(eve, tea.id))).toBe("FORBIDDEN conversationId");
  expect(refusalOf(await types(bea, tea.id))).toBe("FORBIDDEN conversationId");
  expect(refusalOf(await types(eve, direct.id))).toBe("FORBIDDEN conversationId");
  expect(refusalOf(await types(eve, secret.id))).toBe("NOT_FOUND conversationId");
  expect(refusalOf(await types(eve, "user_1"))).toBe("BAD_USER_INPUT conversationId");
  expect(await adaHears.news()).toEqual([]);
  await does(ada, "updateMember", { conversationId: tea.id, userId: herald.id, banned: true });
  expect(refusalOf(await types(herald, tea.id))).toBe("NOT_FOUND conversationId");
  await adaHears.close();
});

test.concurrent("an outsider hears nothing, of a public room neither", async () => {
  const { bea, eve, herald, tea } = await cast();
  const secret = await room(bea, { visibility: "PRIVATE" });
  const client = eve.ws();
  const refused = async (id: string): Promise<unknown> =>
    listen(client, "subscription ($id: ID) { typing(conversationId: $id) { isTyping } }", { id }).ended;
  expect(await refused(tea.id)).toMatchObject([{ extensions: { code: "FORBIDDEN", field: "conversationId" } }]);
  expect(await refused(secret.id)).toMatchObject([{ extensions: { code: "NOT_FOUND", field: "conversationId" } }]);
  const nobody = listen(connect(server.wsUrl), "subscription { typing { isTyping } }");
  expect(await nobody.ended).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);

  const own = await room(eve);
  await does(herald, "joinRoom", { roomId: own.id });
  const eveHears = await hearing(server, eve, own, herald, null);
  await types(bea, tea.id);
  expect(await eveHears.news()).toEqual([]);
  await Promise.all([eveHears.close(), client.dispose()]);
});

test("typing on asks the database nothing", async () => {
  const { bea, tea } = await cast();
  const count = countStatements(server);
  await types(bea, tea.id);
  // The server looks after other things now and then: once it is seen to ask nothing is enough.
  await expect.poll(() => statementsOf(count, () => types(bea, tea.id))).toBe(0);
});
