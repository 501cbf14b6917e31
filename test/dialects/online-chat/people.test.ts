import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator } from "../../support/administration.ts";
import { did } from "../../support/messages.ts";
import type { Data } from "../../support/graphql-client.ts";
import { type Person, person } from "../../support/people.ts";
import { chooses, forgetHttp, numberOf, shown } from "../../support/presence.ts";
import { room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type Rest, request, rest } from "../support/rest.ts";
import { TIME, done, isRefused, roomId, says } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let hers: Rest;
let his: Rest;
let root: Rest;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  [hers, his] = [rest(server, ann), rest(server, bob)];
  root = rest(server, await administrator(server));
});
afterAll(() => server.stop());

const beats = (who: Rest): Promise<Data> => done(who.post("/api/chat/heartbeat"));
const online = (who: Rest): Promise<Data[]> => done(who.get("/api/chat/online-users"));
const seen = async (who: Rest, whom: Person): Promise<Data> =>
  (await online(who)).find(({ user_id }) => user_id === numberOf(whom));

describe("who is online", () => {
  test("is whoever did something of late, as the document shows it", async () => {
    await beats(hers);
    expect(await seen(hers, ann)).toEqual({
      user_id: numberOf(ann),
      username: "ann",
      ip: "127.0.0.1",
      user_agent: expect.stringMatching(/./),
      login_time: TIME,
      last_activity: TIME,
    });
    await forgetHttp(server, bob);
    expect(await seen(hers, bob)).toBeUndefined();
  });

  test("is shown with address and program to oneself and to administrators, and to nobody else", async () => {
    await beats(hers);
    await beats(his);
    const known = { ip: "127.0.0.1", user_agent: expect.stringMatching(/./) };
    expect(await seen(his, bob)).toMatchObject(known);
    expect(await seen(root, bob)).toMatchObject(known);
    expect(await seen(hers, bob)).toMatchObject({ username: "bob", ip: "", user_agent: "" });
  });

  test("is not whoever hides, for anybody, nor whoever was blocked or blocks, for each other", async () => {
    await beats(rest(server, eve));
    await chooses(eve, "OFFLINE");
    expect(await seen(hers, eve)).toBeUndefined();
    await chooses(eve, "ONLINE");
    expect(await seen(hers, eve)).toMatchObject({ username: "eve" });
    await did(eve, "blockUser", { userId: ann.id }, "__typename");
    expect(await seen(hers, eve)).toBeUndefined();
    expect(await seen(his, eve)).toMatchObject({ username: "eve" });
  });
});

describe("a heartbeat", () => {
  test("says the time, and makes somebody be here for GraphQL too, over HTTP alone", async () => {
    await forgetHttp(server, bob);
    const carl = await person(server, "carl");
    await forgetHttp(server, carl);
    const before = new Date().toISOString().slice(0, 19);
    const { status, timestamp } = await beats(rest(server, carl));
    expect([status, timestamp >= before]).toEqual(["ok", true]);
    expect(await shown(carl, ann)).toMatchObject({ status: "ONLINE" });
  });

  test.each(["application/json", "text/plain", undefined])(
    "needs no body, whatever it is said to be: %s",
    async (type) => {
      const headers = {
        authorization: `Bearer ${ann.accessToken}`,
        ...(type === undefined ? {} : { "content-type": type }),
      };
      const { status, body } = await request(server, "/api/chat/heartbeat", { method: "POST", headers });
      expect([status, body]).toEqual([200, { status: "ok", timestamp: TIME }]);
    },
  );
});

test("the numbers count people who are here, messages of today and public rooms where something happened", async () => {
  const stats = (): Promise<Data> => done(hers.get("/api/chat/stats"));
  await beats(hers);
  const before = await stats();
  expect(before).toEqual({
    online_users_count: (await online(root)).length,
    total_messages_today: expect.any(Number),
    active_rooms: expect.any(Number),
  });
  const { id } = await room(ann);
  await room(ann, { visibility: "PRIVATE" });
  await says(hers, "one more", roomId(id));
  const after = await stats();
  // Each room begins with a note.
  expect(after.total_messages_today - before.total_messages_today).toBe(3);
  expect(after.active_rooms - before.active_rooms).toBe(1);
});

describe("an address", () => {
  const ask = (who: Rest, id: number | string) => who.get(`/api/chat/user-ip/${id}`);

  test("is told of oneself, and to administrators of anybody", async () => {
    expect(await done(ask(hers, numberOf(ann)))).toEqual({ user_id: numberOf(ann), ip: "127.0.0.1" });
    expect(await done(ask(root, numberOf(bob)))).toEqual({ user_id: numberOf(bob), ip: "127.0.0.1" });
  });

  test("is not told of others, whether there are such or not", async () => {
    const words = await isRefused(ask(hers, numberOf(bob)), 403, "user_id");
    expect(await isRefused(ask(hers, 999_999), 403, "user_id")).toBe(words);
    await isRefused(ask(root, 999_999), 404, "user_id");
  });

  test.each(["0", "-1", "1.5", "ann", "user_1", "9007199254740993", "%00", "1e400"])(
    "is of nobody whose id is no number: %s",
    async (id) => {
      await isRefused(ask(root, id), 404, "user_id");
    },
  );
});
