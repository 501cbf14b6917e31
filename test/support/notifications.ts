import { comeTime } from "./jobs.ts";
import type { Voice } from "./rooms.ts";
import type { TestServer } from "./server.ts";

/** A notification as its reader is shown it. */
export interface Notified {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly content: string;
  readonly count: number;
  readonly isRead: boolean;
  readonly actor: { readonly username: string } | null;
  readonly conversation: { readonly id: string } | null;
  readonly message: { readonly seq: number } | null;
}

export const NOTIFICATION =
  "id type title content count isRead data actor { username } conversation { id } message { seq }";
const LIST = `query ($type: NotificationType, $unreadOnly: Boolean) { viewer {
  notifications(type: $type, unreadOnly: $unreadOnly, first: 100) { nodes { ${NOTIFICATION} } } } }`;

/** Waits until whoever is to know of what was said so far was notified. */
export const settled = (server: TestServer): Promise<void> => comeTime(server, "notifyMembers");

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
