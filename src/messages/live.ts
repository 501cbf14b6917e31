import type { Logger } from "pino";

import type { Database } from "../kernel/database.ts";
import type { Bus } from "../realtime/bus.ts";
import { Hub } from "../realtime/hub.ts";
import { Viewers } from "../realtime/viewers.ts";
import type { MessageChange } from "./change.ts";
import { ConversationLogs } from "./log-source.ts";
import { Writer } from "./writer.ts";

declare module "../kernel/context.ts" {
  interface Services {
    writer: Writer;
    hub: Hub<MessageChange>;
    viewers: Viewers<MessageChange>;
  }
}

/** What writes and hands out messages in this process. */
export function openMessages(database: Database, bus: Bus, log: Logger) {
  const hub = new Hub(new ConversationLogs(database), bus, log);
  const viewers = new Viewers(hub, bus, log);
  const writer = new Writer(database, bus, log);
  return {
    writer,
    hub,
    viewers,
    /** Lets what was queued be written, then stops. */
    close: async (): Promise<void> => {
      await writer.drain();
      viewers.close();
      hub.close();
    },
  };
}
