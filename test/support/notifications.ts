import { jobsDone } from "./jobs.ts";
import { does, type Voice } from "./rooms.ts";
import type { TestServer } from "./server.ts";

/** A notification as its reader is shown it. */
export interface Notified {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly content: string;
  readonly count: number;
  readonly isRead: boolean;
  readonly data: unknown;
  readonly actor: { readonly username: string } | null;
  readonly conversation: { readonly id: string } | null;
  readonly message: { readonly seq: number } | null;
}

export const NOTIFICATION =
  "id type title content count isRead data actor { username } conversation { id } message { seq }";
const LIST = `query ($type: NotificationType, $unreadOnly: Boolean) { viewer {
  notifications(type: $type, unreadOnly: $unreadOnly, first: 100) { nodes { ${NOTIFICATION} } } } }`;

/** Waits until everybody was notified of what was done so far: jobs of one conversation wait for a second between them. */
export async function settled(server: TestServer): Promise<void> {
  const { pool } = server.services.database;
  await jobsDone(server);
  await pool.query(
    `with due as (update graphile_worker._private_jobs set run_at = now() where key like 'notify:%')
     select pg_notify('jobs:insert', '{"r":1,"count":4}')`,
  );
  await jobsDone(server);
}

/** Somebody's notifications, the latest first. */
export async function notified(who: Voice, filter: { type?: string; unreadOnly?: boolean } = {}): Promise<Notified[]> {
  const { data, errors } = await who.graphql(LIST, filter);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.viewer.notifications.nodes;
}

/** How many notifications somebody has not read. */
export async function unreadOf(who: Voice): Promise<number> {
  return (await who.graphql("{ viewer { unreadNotificationCount } }")).data.viewer.unreadNotificationCount;
}

/** Writes a message. @returns its id */
export async function write(who: Voice, conversationId: string, content: string, input = {}): Promise<string> {
  const { data, errors } = await who.graphql(
    "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }",
    { input: { conversationId, content, ...input } },
  );
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.sendMessage.message.id;
}

/** Does something that must succeed, and asks for no answer. */
export async function act(who: Voice, mutation: string, input: object): Promise<void> {
  const type = `${mutation.slice(0, 1).toUpperCase()}${mutation.slice(1)}Input`;
  const { errors } = await who.graphql(`mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, {
    input,
  });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

/** The direct conversation of two people. */
export const direct = async (one: Voice, other: Voice): Promise<string> =>
  (await does(one, "openDirectConversation", { userId: other.id })).conversation.id;

/** A group of some people, whose founding everybody was told of and has done away with. */
export async function group(server: TestServer, owner: Voice, ...others: Voice[]): Promise<string> {
  const memberIds = others.map(({ id }) => id);
  const { id } = (await does(owner, "createGroup", { name: "Tea", memberIds })).group;
  await settled(server);
  for (const other of others) await act(other, "markNotificationsRead", { all: true });
  for (const other of others) await act(other, "deleteNotifications", { allRead: true });
  return id;
}
