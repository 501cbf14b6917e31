import { afterAll, beforeAll, expect, test } from "vitest";

import { history } from "../log/support/talk.ts";
import type { Data } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type PageConsole, pageConsole, pageFor, runSample } from "./support/page.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
});
afterAll(() => server.stop());

/** Document 001's functions, on a page of somebody's, and that page's console. */
async function clientOf(who: Person): Promise<Record<string, Data> & { readonly console: PageConsole }> {
  const console = pageConsole();
  const page = pageFor(server, who, console);
  const functions = ["getRooms", "createRoom", "sendMessage", "connectWebSocket", "sendWebSocketMessage"];
  return { console, ...(await runSample("django-chat.js", page, ...functions)) };
}

test("what one client of django-chat says, another is told at once, and GraphQL reads", async () => {
  const [hers, his] = [await clientOf(ann), await clientOf(bob)];
  const made = await hers["createRoom"]({
    name: "新房间",
    description: "房间描述",
    room_type: "public",
    max_members: 50,
  });
  expect(made).toMatchObject({ name: "新房间", room_type: "public", max_members: 50, member_count: 1 });

  const socket = his["connectWebSocket"](made.id);
  await his.console.prints("WebSocket连接已建立");
  await his.console.prints("收到消息:", ({ type }) => type === "connection_established");
  const said = await hers["sendMessage"](made.id, { content: "大家好！", message_type: "text" });
  const told = await his.console.prints("收到消息:", ({ type }) => type === "chat_message");
  expect(told.message).toMatchObject({
    id: said.id,
    content: "大家好！",
    sender: { id: numberOf(ann), username: "ann" },
  });

  his["sendWebSocketMessage"](socket, "Hello, Ann!");
  const own = await his.console.prints("收到消息:", ({ type }) => type === "chat_message");
  expect(own.message).toMatchObject({ content: "Hello, Ann!", sender: { username: "bob" } });
  const rooms: Data[] = await hers["getRooms"]();
  expect(rooms.find(({ id }) => id === made.id)).toMatchObject({
    member_count: 2,
    last_message: { id: own.message.id, content: "Hello, Ann!", sender: "bob" },
  });
  const words = (await history(ann, `conv_${made.id}`)).filter(({ sender }) => sender !== null);
  expect(words.map(({ content }) => content)).toEqual(["大家好！", "Hello, Ann!"]);

  socket.close();
  await his.console.prints("WebSocket连接已关闭");
});
