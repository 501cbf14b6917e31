import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type TestServer, startServer } from "../support/server.ts";
import * as chat8Calls from "./calls/chat8.ts";
import * as djangoChatCalls from "./calls/django-chat.ts";
import * as onlineChatCalls from "./calls/online-chat.ts";
import * as chat8 from "./shapes/chat8.ts";
import * as djangoChat from "./shapes/django-chat.ts";
import * as onlineChat from "./shapes/online-chat.ts";
import { ENDPOINTS, framesSent } from "./support/endpoints.ts";
import { type Prepare, type Scene, type SocketScene, openScene } from "./support/scene.ts";
import type { Shape } from "./support/shape.ts";
import { problemsOfCall, problemsOfFrames, problemsOfStrangers } from "./support/walk.ts";

interface Contract {
  /** What a success looks like, by `METHOD path`. */
  readonly ANSWERS: Readonly<Record<string, Shape>>;
  readonly ERROR: Shape;
  /** What a socket sends, by `WS path` and the type of the frame. */
  readonly FRAMES?: Readonly<Record<string, Readonly<Record<string, Shape>>>>;
  readonly CALLS: Readonly<Record<string, Prepare>>;
  readonly SOCKETS?: Readonly<Record<string, SocketScene>>;
}

/** The dialects that are served. */
const SERVED: readonly (readonly [string, Contract])[] = [
  ["online-chat", { ...onlineChat, ...onlineChatCalls }],
  ["django-chat", { ...djangoChat, ...djangoChatCalls }],
  ["chat8", { ...chat8, ...chat8Calls }],
];

/** How many rows are walked; those of im (61) and socketio-chat (13) are of dialects that are not served yet. */
const WALKED = 47;

let server: TestServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
});
afterAll(() => server.stop());

test("the rows of three dialects are walked, each with a shape and a call of its own", () => {
  const names = new Set(SERVED.map(([name]) => name));
  const walked = ENDPOINTS.filter(({ dialect }) => names.has(dialect));
  expect([walked.length, ENDPOINTS.length]).toEqual([WALKED, 125]);
  const keys = (table: object | undefined): string[] => Object.keys(table ?? {});
  for (const [dialect, { ANSWERS, FRAMES, CALLS, SOCKETS }] of SERVED) {
    const rows = walked.filter((row) => row.dialect === dialect).map(({ name }) => name);
    expect([...keys(ANSWERS), ...keys(FRAMES)].toSorted()).toEqual(rows.toSorted());
    expect([...keys(CALLS), ...keys(SOCKETS)].toSorted()).toEqual(rows.toSorted());
  }
});

describe.each(SERVED)("%s", (dialect, { ANSWERS, ERROR, FRAMES = {}, CALLS, SOCKETS = {} }) => {
  const rows = ENDPOINTS.filter((row) => row.dialect === dialect);

  test.each(rows.filter(({ method }) => method !== "WS").map((row) => [row.name, row] as const))(
    "%s answers as documented, and to nobody without a token that holds",
    async (_, row) => {
      const [answer, prepare] = [ANSWERS[row.name], CALLS[row.name]];
      if (answer === undefined || prepare === undefined) throw new Error(`${row.name}: nobody says how to call it`);
      expect(await problemsOfCall(server, row, await prepare(scene), answer, ERROR)).toEqual([]);
    },
  );

  for (const row of rows.filter(({ method }) => method === "WS")) {
    test(`${row.name} sends every frame as documented, and to nobody without a token that holds`, async () => {
      const [shapes, socket] = [FRAMES[row.name], SOCKETS[row.name]];
      if (shapes === undefined || socket === undefined) throw new Error(`${row.name}: nobody says how to call it`);
      expect(Object.keys(shapes).toSorted()).toEqual(framesSent(row).toSorted());
      const path = await socket.path(scene);
      expect(await problemsOfStrangers(server, row, path)).toEqual([]);
      expect(problemsOfFrames(row, await socket.play(scene, path), shapes)).toEqual([]);
    });
  }
});
