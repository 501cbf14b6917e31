import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { act, direct, group, notified, settled, unreadOf, write } from "./support/notifications.ts";
import { type Person, person } from "./support/people.ts";
import { inTurn } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let round = 0;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  round += 1;
  [ann, bob, cat] = await inTurn(server, `ann${round}`, `bob${round}`, `cat${round}`);
});
afterAll(() => server.stop());

describe("one's notifications", () => {
  test("are one's own: others neither see nor change them", async () => {
    await write(ann, await direct(ann, bob), "hello");
    await settled(server);
    const [mine] = await notified(bob);
    const ids = [mine?.id];
    const NODE = "query ($id: ID!) { node(id: $id) { id ... on Notification { isRead } } }";
    expect((await bob.graphql(NODE, { id: mine?.id })).data.node).toEqual({ id: mine?.id, isRead: false });
    for (const who of [ann, cat]) {
      expect((await who.graphql(NODE, { id: mine?.id })).data.node).toBeNull();
      await expect(act(who, "markNotificationsRead", { ids })).rejects.toThrow("NOT_FOUND");
      await expect(act(who, "deleteNotifications", { ids })).rejects.toThrow("NOT_FOUND");
      await act(who, "markNotificationsRead", { all: true });
      await act(who, "deleteNotifications", { allRead: true });
    }
    expect(await notified(bob)).toEqual([mine]);
  });

  test("are marked and deleted by ids, all or none, or all at once", async () => {
    const tea = await group(server, ann, bob);
    for (const other of [ann, cat]) await write(other, await direct(other, bob), "hello");
    await write(ann, tea, `@${bob.username}`);
    await settled(server);
    const [first, second, third] = (await notified(bob)).map(({ id }) => id);
    await expect(act(bob, "markNotificationsRead", { ids: [first, "notif_999999"] })).rejects.toThrow("NOT_FOUND");
    expect(await unreadOf(bob)).toBe(3);
    const MARK = `mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
      notifications { id isRead } markedCount unreadNotificationCount } }`;
    const marked = async (input: object) => (await bob.graphql(MARK, { input })).data.markNotificationsRead;
    expect(await marked({ ids: [first] })).toEqual({
      notifications: [{ id: first, isRead: true }],
      markedCount: 1,
      unreadNotificationCount: 2,
    });
    expect(await marked({ all: true, type: "CALL" })).toMatchObject({ markedCount: 0, unreadNotificationCount: 2 });
    expect(await marked({ all: true })).toEqual({ notifications: [], markedCount: 2, unreadNotificationCount: 0 });
    const DELETE = `mutation ($input: DeleteNotificationsInput!) { deleteNotifications(input: $input) { deletedIds deletedCount } }`;
    const deleted = async (input: object) => (await bob.graphql(DELETE, { input })).data.deleteNotifications;
    expect(await deleted({ ids: [second] })).toEqual({ deletedIds: [second], deletedCount: 1 });
    await write(ann, await direct(ann, bob), "again");
    await settled(server);
    expect(await deleted({ allRead: true })).toEqual({ deletedIds: [], deletedCount: 2 });
    expect((await notified(bob)).map((left) => [left.id === third, left.isRead])).toEqual([[false, false]]);
  });

  test("cannot be asked for in ways that mean nothing", async () => {
    for (const input of [
      {},
      { ids: ["notif_1"], all: true },
      { ids: ["msg_1"] },
      { all: false },
      { ids: ["notif_1"], type: "CALL" },
    ]) {
      await expect(act(bob, "markNotificationsRead", input)).rejects.toThrow("BAD_USER_INPUT");
    }
    const ids = Array.from({ length: 101 }, (_, n) => `notif_${n + 1}`);
    await expect(act(bob, "markNotificationsRead", { ids })).rejects.toThrow("BAD_USER_INPUT");
    await expect(act(bob, "deleteNotifications", { ids })).rejects.toThrow("BAD_USER_INPUT");
  });

  test("are counted by type, and paged through both ways, the latest first", async () => {
    for (const n of [1, 2, 3]) {
      const other = await person(server, `other${n}-${round}`);
      await write(other, await direct(other, bob), `hello ${n}`);
      await settled(server);
    }
    const { data } = await bob.graphql(`{ viewer { notificationCounts { type total unread }
      newest: notifications(first: 2) { nodes { content } pageInfo { hasNextPage endCursor } }
      oldest: notifications(last: 1) { nodes { content } } } }`);
    const { notificationCounts, newest, oldest } = data.viewer;
    expect(notificationCounts).toEqual([{ type: "MESSAGE", total: 3, unread: 3 }]);
    expect(newest.nodes).toEqual([{ content: "hello 3" }, { content: "hello 2" }]);
    expect(oldest.nodes).toEqual([{ content: "hello 1" }]);
    const rest = await bob.graphql(
      "query ($after: String) { viewer { notifications(after: $after) { nodes { content } pageInfo { hasNextPage } } } }",
      { after: newest.pageInfo.endCursor },
    );
    expect(newest.pageInfo.hasNextPage).toBe(true);
    expect(rest.data.viewer.notifications).toEqual({
      nodes: [{ content: "hello 1" }],
      pageInfo: { hasNextPage: false },
    });
  });
});
