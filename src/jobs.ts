import { callGone, callPartyLost, callPartyOut, callRingsOut, callsSweep } from "./calls/call.jobs.ts";
import { keyChanged } from "./conversations/key-changes.ts";
import { makeThumbnail, removeObjects, sweepFile } from "./files/jobs.ts";
import type { JobHandlers, Recurring } from "./kernel/jobs.ts";
import { requeueScheduledMessages, sendScheduledMessage } from "./messages/scheduled-sending.ts";
import { notifyMembers } from "./notifications/conversation-news.ts";
import { notifyOfFriendRequest } from "./notifications/friend-news.ts";
import { notifyNext } from "./notifications/notice-job.ts";
import { cascadeSweep } from "./operations/cascade-sweep.ts";
import { dropExports, writeExport } from "./operations/export-job.ts";
import { retention } from "./operations/retention-job.ts";
import { cascade } from "./operations/cascade.ts";
import { dropOld as dropOldClientEvents } from "./operations/client-events.ts";
import { push } from "./notifications/push-job.ts";
import { callRings, pushRinging } from "./notifications/ring-job.ts";
import { forgetNotifications } from "./notifications/retention.ts";
import { dropOld as dropOldReports } from "./operations/reports.ts";

/** How each kind of job is done; each slice puts its own here. */
export const JOB_HANDLERS: JobHandlers = {
  forgetNotifications,
  friendRequestChanged: notifyOfFriendRequest,
  notify: notifyNext,
  notifyMembers,
  cascade,
  retention,
  export: writeExport,
  dropExports,
  cascadeSweep: (ctx) => cascadeSweep(ctx),
  callGone,
  callPartyLost,
  callPartyOut,
  callRings,
  callRingsOut,
  callsSweep,
  sendScheduledMessage,
  requeueScheduledMessages,
  keyChanged,
  dropOldClientEvents,
  makeThumbnail,
  removeObjects,
  sweepFile,
  push,
  pushRinging,
  dropOldReports,
};

/** What is done by the clock. */
export const RECURRING: readonly Recurring[] = [
  { name: "cascadeSweep", at: "* * * * *" },
  { name: "retention", at: "17 * * * *" },
  { name: "dropExports", at: "7 * * * *" },
  { name: "callsSweep", at: "23 * * * *" },
  { name: "requeueScheduledMessages", at: "27 * * * *" },
  { name: "dropOldClientEvents", at: "17 * * * *" },
  { name: "forgetNotifications", at: "37 * * * *" },
  { name: "dropOldReports", at: "47 3 * * *" },
];
