import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { jobsDone } from "./support/jobs.ts";
import { act, direct, notified, settled, unreadOf, write } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { administrator, inTurn, refusal, type Voice } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let root: Voice;
let ann: Person;
let bob: Person;
let round = 0;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
beforeEach(async () => {
  round += 1;
  [ann, bob] = await inTurn(server, `ann${round}`, `bob${round}`);
});
afterAll(() => server.stop());

const SEND = "mutation ($input: SendNotificationInput!) { sendNotification(input: $input) { recipientCount } }";
const SAVE = `mutation ($input: SaveNotificationTemplateInput!) { saveNotificationTemplate(input: $input) {
  notificationTemplate { id name type title content placeholders } } }`;
const DELETE =
  "mutation ($input: DeleteNotificationTemplateInput!) { deleteNotificationTemplate(input: $input) { templateId } }";
const LIST = "{ notificationTemplates { id name } }";
const STATS = "query ($days: Int! = 7) { notificationStats(days: $days) { type sent read } }";

const send = (who: Voice, input: object) => who.graphql(SEND, { input });
const save = (who: Voice, input: object) => who.graphql(SAVE, { input });
const saved = async (input: object) => {
  const { data, errors } = await save(root, input);
  expect(errors).toBeUndefined();
  return data.saveNotificationTemplate.notificationTemplate;
};

describe("an administrator notifies", () => {
  test("users by their ids, everybody of a role, or everybody, each once", async () => {
    const data = { deepLink: "/maintenance" };
    const sent = await send(root, { userIds: [ann.id, bob.id, ann.id], title: "Tonight", content: "At ten", data });
    expect(sent.data.sendNotification).toEqual({ recipientCount: 2 });
    await jobsDone(server);
    expect(await notified(ann)).toMatchObject([
      { type: "SYSTEM", title: "Tonight", content: "At ten", data, count: 1, isRead: false, actor: null },
    ]);
    // By hand: an account that is given a role is to log in anew.
    await server.services.database.pool.query("update users set role = 'NURSE' where id = $1", [
      rowId("user", bob.id, "id"),
    ]);
    expect((await send(root, { roles: ["NURSE"], title: "Nurses", type: "BROADCAST" })).data.sendNotification).toEqual({
      recipientCount: 1,
    });
    expect((await send(root, { everybody: true, title: "All" })).errors).toBeUndefined();
    await jobsDone(server);
    expect((await notified(ann)).map(({ type, title }) => [type, title])).toEqual([
      ["SYSTEM", "All"],
      ["SYSTEM", "Tonight"],
    ]);
    const again = await notified(bob);
    expect(again.map(({ title }) => title)).toEqual(["All", "Nurses", "Tonight"]);
    expect(again.map(({ type }) => type)).toEqual(["SYSTEM", "BROADCAST", "SYSTEM"]);
  });

  test("more people than one transaction takes", async () => {
    const { pool } = server.services.database;
    await pool.query(
      "insert into users (username, display_name, role) select 'doctor-' || n, 'Doctor', 'DOCTOR' from generate_series(1, 2500) n",
    );
    expect((await send(root, { roles: ["DOCTOR"], title: "Doctors" })).data.sendNotification.recipientCount).toBe(
      2_500,
    );
    await jobsDone(server);
    const { rows } = await pool.query(
      "select count(*)::int as made, count(distinct user_id)::int as users from notifications where title = 'Doctors'",
    );
    expect(rows).toEqual([{ made: 2_500, users: 2_500 }]);
  });

  test("and leaves out those who want none of the type", async () => {
    await act(ann, "updateNotificationPreferences", { types: [{ type: "SYSTEM", inApp: false }] });
    await send(root, { userIds: [ann.id, bob.id], title: "Tonight" });
    await jobsDone(server);
    expect(await notified(ann)).toEqual([]);
    expect((await notified(bob)).map(({ title }) => title)).toEqual(["Tonight"]);
  });

  test("in the words of a template, each placeholder filled once", async () => {
    const template = await saved({
      name: `Appointment ${round}`,
      title: "{{ who }}, your appointment",
      content: "{{who}}: {{time}} in room {{room.number}}. {{time}}!",
    });
    expect(template).toMatchObject({ type: "SYSTEM", placeholders: ["who", "time", "room.number"] });
    const templateId = template.id;
    const values = { who: "Ann {{time}}", time: "10:00", "room.number": 7, unused: "x" };
    expect((await send(root, { userIds: [ann.id], templateId, values })).errors).toBeUndefined();
    await jobsDone(server);
    expect(await notified(ann)).toMatchObject([
      { title: "Ann {{time}}, your appointment", content: "Ann {{time}}: 10:00 in room 7. 10:00!" },
    ]);
    const { errors } = await send(root, { userIds: [ann.id], templateId, values: { who: "Ann", time: "10:00" } });
    expect(errors).toMatchObject([
      {
        message: "values has no value for {{room.number}}.",
        extensions: { code: "BAD_USER_INPUT", field: "values" },
      },
    ]);
  });

  test.each([
    [{}, "BAD_USER_INPUT userIds"],
    [{ userIds: [] }, "BAD_USER_INPUT userIds"],
    [{ userIds: ["user_1"], everybody: true }, "BAD_USER_INPUT userIds"],
    [{ roles: [] }, "BAD_USER_INPUT roles"],
    [{ userIds: ["user_99999"] }, "NOT_FOUND userIds"],
    [{ everybody: true, title: "" }, "BAD_USER_INPUT title"],
    [{ everybody: true, title: null }, "BAD_USER_INPUT title"],
    [{ everybody: true, title: "x".repeat(201) }, "BAD_USER_INPUT title"],
    [{ everybody: true, content: "x".repeat(2_001) }, "BAD_USER_INPUT content"],
    [{ everybody: true, type: "MESSAGE" }, "BAD_USER_INPUT type"],
    [{ everybody: true, data: "x".repeat(4_096) }, "BAD_USER_INPUT data"],
    [{ everybody: true, templateId: "template_1" }, "BAD_USER_INPUT templateId"],
    [{ everybody: true, title: null, templateId: "template_99999" }, "NOT_FOUND templateId"],
  ])("nobody by %j", async (input, refused) => {
    expect(await refusal(send(root, { title: "Tonight", ...input }))).toBe(refused);
  });
});

describe("a template", () => {
  test("is made, changed, listed by name, and deleted", async () => {
    const made = await saved({ name: "Zebra", title: "One", content: "" });
    const other = await saved({ name: "Ant", title: "Two", content: "Text", type: "BROADCAST" });
    expect(await saved({ templateId: made.id, name: "Bee", title: "Three", content: "{{a}}" })).toEqual({
      ...made,
      name: "Bee",
      title: "Three",
      content: "{{a}}",
      placeholders: ["a"],
    });
    const names = async () =>
      (await root.graphql(LIST)).data.notificationTemplates
        .filter(({ id }: { id: string }) => [made.id, other.id].includes(id))
        .map(({ name }: { name: string }) => name);
    expect(await names()).toEqual(["Ant", "Bee"]);
    expect((await root.graphql(DELETE, { input: { templateId: other.id } })).data.deleteNotificationTemplate).toEqual({
      templateId: other.id,
    });
    expect(await names()).toEqual(["Bee"]);
    expect(await refusal(root.graphql(DELETE, { input: { templateId: other.id } }))).toBe("NOT_FOUND templateId");
  });

  test.each([
    [{ name: "" }, "BAD_USER_INPUT name"],
    [{ name: "x".repeat(101) }, "BAD_USER_INPUT name"],
    [{ title: " " }, "BAD_USER_INPUT title"],
    [{ content: "x".repeat(2_001) }, "BAD_USER_INPUT content"],
    [{ type: "MENTION" }, "BAD_USER_INPUT type"],
    [{ templateId: "template_99999" }, "NOT_FOUND templateId"],
    [{ name: "Taken" }, "CONFLICT name"],
  ])("is refused with %j", async (input, refused) => {
    await save(root, { name: "Taken", title: "Title", content: "" });
    expect(await refusal(save(root, { name: "Free", title: "Title", content: "", ...input }))).toBe(refused);
  });

  test("is one of 200 at the most", async () => {
    const { pool } = server.services.database;
    await pool.query(
      "insert into notification_templates (name, type, title, content) select 'many ' || n, 'SYSTEM', 't', '' from generate_series(1, 200) n",
    );
    expect(await refusal(save(root, { name: "One more", title: "Title", content: "" }))).toBe("CONFLICT name");
    await pool.query("delete from notification_templates where name like 'many %'");
  });
});

test("nobody else may do what administrators do, nor see it", async () => {
  const { id } = await saved({ name: `Secret ${round}`, title: "Title", content: "" });
  expect(await refusal(send(ann, { everybody: true, title: "Hello" }))).toBe("FORBIDDEN");
  expect(await refusal(save(ann, { name: "Mine", title: "Title", content: "" }))).toBe("FORBIDDEN");
  expect(await refusal(ann.graphql(DELETE, { input: { templateId: id } }))).toBe("FORBIDDEN");
  expect(await refusal(ann.graphql(LIST))).toBe("FORBIDDEN");
  expect(await refusal(ann.graphql(STATS))).toBe("FORBIDDEN");
  const NODE = "query ($id: ID!) { node(id: $id) { id } }";
  expect((await ann.graphql(NODE, { id })).data.node).toBeNull();
  expect((await root.graphql(NODE, { id })).data.node).toEqual({ id });
});

test("what administrators do stands in the audit log", async () => {
  const template = await saved({ name: `Logged ${round}`, title: "Title", content: "" });
  await send(root, { userIds: [ann.id], templateId: template.id });
  await root.graphql(DELETE, { input: { templateId: template.id } });
  const { rows } = await server.services.database.pool.query(
    "select action, target from audit_log order by id desc limit 3",
  );
  expect(rows).toEqual([
    { action: "deleteNotificationTemplate", target: template.id },
    { action: "sendNotification", target: null },
    { action: "saveNotificationTemplate", target: template.id },
  ]);
});

test("statistics say how many were made lately, and how many of them were read", async () => {
  const { pool } = server.services.database;
  await pool.query("delete from notifications");
  const id = await direct(ann, bob);
  await write(ann, id, "hello");
  await settled(server);
  await send(root, { userIds: [ann.id, bob.id], title: "Tonight" });
  await jobsDone(server);
  await act(bob, "markRead", { conversationId: id, seq: 1 });
  await pool.query(
    "insert into notifications (user_id, type, title, content, updated_at) values ($1, 'CALL', 'Old', '', now() - interval '8 days')",
    [rowId("user", ann.id, "id")],
  );
  expect((await root.graphql(STATS)).data.notificationStats).toEqual([
    { type: "MESSAGE", sent: 1, read: 1 },
    { type: "SYSTEM", sent: 2, read: 0 },
  ]);
  expect((await root.graphql(STATS, { days: 30 })).data.notificationStats).toContainEqual({
    type: "CALL",
    sent: 1,
    read: 0,
  });
  for (const days of [0, 31]) expect(await refusal(root.graphql(STATS, { days }))).toBe("BAD_USER_INPUT days");
});

test("notifications go 30 days after they were read, 90 days if they never are, and past 1,000", async () => {
  const { pool } = server.services.database;
  const of = (who: Person) => rowId("user", who.id, "id");
  const put = (who: Person, title: string, days: number, read: boolean, many = 1) =>
    pool.query(
      `insert into notifications (user_id, type, title, content, read_at, updated_at)
       select $1, 'SYSTEM', $2, '', case when $4 then now() end, now() - make_interval(days => $3, secs => n)
       from generate_series(1, $5) n`,
      [of(who), title, days, read, many],
    );
  await put(ann, "read, new", 29, true);
  await put(ann, "read, old", 31, true);
  await put(ann, "unread, new", 89, false);
  await put(ann, "unread, old", 91, false);
  await put(bob, "many", 0, false, 1_005);
  const conversation = await direct(ann, bob);
  await write(bob, conversation, "hello");
  await settled(server);
  await act(ann, "markRead", { conversationId: conversation, seq: 1 });
  await pool.query(
    "update notifications set updated_at = now() - interval '31 days' where user_id = $1 and type = 'MESSAGE'",
    [of(ann)],
  );
  await pool.query("select graphile_worker.add_job('forgetNotifications')");
  await jobsDone(server);
  expect((await notified(ann)).map(({ title }) => title)).toEqual(["read, new", "unread, new"]);
  expect(await unreadOf(bob)).toBe(1_000);
});
