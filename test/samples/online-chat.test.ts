import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { history, globalRoom } from "../log/support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import type { Data } from "../support/graphql-client.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { pageConsole, pageOf, runSample } from "./support/page.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
/** Document 000's class. */
let ChatAPI: new (baseURL: string, token: string) => Data;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
  ({ ChatAPI } = await runSample("online-chat.js", { fetch }, "ChatAPI"));
});
afterAll(() => server.stop());

const clientOf = ({ accessToken }: Person): Data => new ChatAPI(server.url, accessToken);
const textFile = (name: string, text: string): File => new File([text], name, { type: "text/plain" });

test("what one client of online-chat says and uploads, another and GraphQL read", async () => {
  const [hers, his] = [clientOf(ann), clientOf(bob)];
  const first = await hers.sendMessage("你好，世界！");
  const answer = await his.sendMessage("Hello, Ann!", "global", first.id);
  const file = await hers.uploadFile(textFile("tea.txt", "Leaves and water."));
  expect(await his.getMessages()).toEqual([first, answer, file]);
  expect(await his.getMessages("global", 1, file.id)).toEqual([answer]);
  expect(first).toMatchObject({
    sender_id: numberOf(ann),
    message_type: "text",
    content: "你好，世界！",
    reply_to: null,
  });
  expect(answer).toMatchObject({ sender_id: numberOf(bob), reply_to: first.id });
  expect(file).toMatchObject({
    message_type: "file",
    content: "发送了文件: tea.txt",
    file_name: "tea.txt",
    file_size: 17,
  });
  expect(await (await fetch(`${server.url}${file.file_url}`)).text()).toBe("Leaves and water.");
  const read = await history(bob, await globalRoom(bob));
  expect(read.map(({ content, sender }) => [sender?.username, content]).slice(0, 2)).toEqual([
    ["ann", "你好，世界！"],
    ["bob", "Hello, Ann!"],
  ]);
});

test("whoever's heart beats is online", async () => {
  const carl = await person(server, "carl");
  expect(await clientOf(carl).heartbeat()).toMatchObject({ status: "ok" });
  await vi.waitFor(async () => {
    const online: Data[] = await clientOf(ann).getOnlineUsers();
    expect(online.map(({ username }) => username)).toContain("carl");
  });
});

test("the document's page works as it stands", async () => {
  const console = pageConsole();
  const input = Object.assign(new EventTarget(), { files: [textFile("note.txt", "A note.")] });
  let beat: (() => void) | undefined;
  let seconds: number | undefined;
  await runSample("online-chat-use.js", {
    ...pageOf(server, console),
    // 'http://localhost:8000' and 'your_jwt_token' are those of the test.
    ChatAPI: class extends ChatAPI {
      constructor() {
        super(server.url, ann.accessToken);
      }
    },
    document: { getElementById: (id: string) => (id === "file" ? input : null) },
    setInterval: (work: () => void, milliseconds: number) => {
      beat = work;
      seconds = milliseconds / 1000;
    },
  });
  const said = await console.prints("消息已发送:");
  expect(said).toMatchObject({ content: "Hello, World!", sender_name: "ann" });
  expect(await console.prints("消息历史:")).toBeInstanceOf(Array);
  input.dispatchEvent(new Event("change"));
  const sent = await console.prints("文件上传成功:");
  beat?.();
  expect(await console.prints("心跳检测:")).toMatchObject({ status: "ok" });
  expect(seconds).toBe(30);
  expect((await clientOf(bob).getMessages()).slice(-2)).toEqual([said, sent]);
});
