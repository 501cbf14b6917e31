import { badInput } from "../kernel/errors.ts";
import { rowId } from "../kernel/ids.ts";
import type { LiveScope } from "../realtime/live-source.ts";
import { decodeCursor } from "./cursor.ts";

/** What a subscription is asked about: one conversation, from a place in its log on, or all of the viewer's. */
export interface ScopeArguments {
  readonly conversationId?: string | null;
  readonly after?: string | null;
}

/** What the arguments of a subscription mean. @throws BAD_USER_INPUT */
export function liveScope({ conversationId, after }: ScopeArguments): LiveScope {
  if (conversationId == null) {
    if (after != null) throw badInput("after", "after needs a conversationId: each conversation has a log of its own.");
    return { kind: "everything" };
  }
  const logId = rowId("conversation", conversationId, "conversationId");
  return { kind: "log", logId, after: after == null ? null : decodeCursor(after, logId, "after") };
}
