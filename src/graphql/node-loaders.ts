import { visibleByIds as visibleCalls } from "../calls/calls.ts";
import { reachableMembers } from "../conversations/memberships.ts";
import { reachable } from "../conversations/reach.ts";
import { visibleByIds as visibleRequests } from "../friends/requests.ts";
import { visibleByIds as visibleFiles } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import type { IdType } from "../kernel/ids.ts";
import type { Node } from "../kernel/node.ts";
import { visibleOrNull as visibleMessageOrNull } from "../messages/reach.ts";
import { ownByIds as ownScheduledMessages } from "../messages/scheduled.service.ts";
import { ownByIds as ownNotifications } from "../notifications/notification.service.ts";
import { visibleByIds as visibleBroadcasts } from "../operations/broadcast.service.ts";
import { visibleByIds as visibleTemplates } from "../notifications/template.service.ts";
import { ownByIds as ownExports } from "../operations/export.service.ts";
import { visibleByIds as visibleReports } from "../operations/reports.ts";
import { visibleByIds as visibleUsers } from "../users/user.service.ts";

/** Loads rows of one type through the viewer: null for what does not exist for them. */
export type NodeLoader = (ctx: Context, ids: readonly number[]) => Promise<(Node | null)[]>;

/** How each type that has a global id is loaded. */
export const NODE_LOADERS: Partial<Record<IdType, NodeLoader>> = {
  user: visibleUsers,
  friendRequest: visibleRequests,
  notification: ownNotifications,
  notificationTemplate: visibleTemplates,
  conversation: reachable,
  member: reachableMembers,
  file: visibleFiles,
  call: visibleCalls,
  scheduledMessage: ownScheduledMessages,
  broadcast: visibleBroadcasts,
  messageReport: visibleReports,
  export: ownExports,
  // Each of them asks by itself; the statements below gather what is asked for in one tick.
  message: (ctx, ids) => Promise.all(ids.map((id) => visibleMessageOrNull(ctx, id))),
};
