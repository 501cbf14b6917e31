import type { Logger } from "pino";

import type { SessionDirectory } from "../auth/session-directory.ts";
import { Context, type Services, type Viewer } from "../kernel/context.ts";
import type { NodeLease } from "../kernel/node-lease.ts";
import type { Bus } from "../realtime/bus.ts";
import { Attendance } from "./attendance.ts";
import { Census } from "./census.ts";
import { PresenceWatch } from "./presence-watch.ts";

declare module "../kernel/context.ts" {
  interface Services {
    presence: LivePresence;
  }
}

/** Somebody's connection, or nobody's in particular, as its door holds it. */
export interface OpenConnection {
  /** The connection is closed. Further calls change nothing. */
  close(): void;
}

/** Who is here by this node, and who watches whom on it. Doors tell it of their connections and of what is asked of them. */
export class LivePresence {
  readonly attendance: Attendance;
  readonly census: Census;
  readonly watch: PresenceWatch;
  #context: Context | undefined;

  /** @param onLeft hears that somebody has closed the last connection of a login */
  constructor(
    bus: Bus,
    lease: NodeLease,
    sessions: SessionDirectory,
    log: Logger,
    private readonly onLeft: (viewer: Viewer) => void,
  ) {
    const context = (): Context => {
      if (this.#context === undefined) throw new Error("Presence was not started.");
      return this.#context;
    };
    this.attendance = new Attendance(context, bus, lease, sessions, log);
    this.census = new Census(context, lease.id, log);
    this.watch = new PresenceWatch(context, bus, log);
    lease.onReturn(() => this.census.writeAnew());
    this.#start = (services) => {
      this.#context = new Context(services, { requestId: `presence-${lease.id}`, ip: "", userAgent: "" }, log, null);
    };
  }

  readonly #start: (services: Services) => void;

  /** Call it before anybody can connect. */
  start(services: Services): void {
    this.#start(services);
  }

  /**
   * A client has connected.
   *
   * @param viewer who it is; null where nobody is logged in, who is counted and no more
   * @param door by which it came
   */
  connected(viewer: Viewer | null, door: string): OpenConnection {
    this.census.add(door);
    if (viewer !== null) {
      this.attendance.connect(viewer);
      this.attendance.active(viewer, false);
    }
    let open = true;
    return {
      close: () => {
        if (!open) return;
        open = false;
        this.census.remove(door);
        if (viewer !== null && this.attendance.disconnect(viewer)) this.onLeft(viewer);
      },
    };
  }

  /** Somebody asked for something over HTTP, and so is here for the next 30 minutes unless they connect meanwhile. */
  active(viewer: Viewer): void {
    this.attendance.active(viewer, true);
  }

  /** Somebody who is connected did something. */
  activeConnected(viewer: Viewer): void {
    this.attendance.active(viewer, false);
  }

  async close(): Promise<void> {
    this.census.close();
    await this.watch.close();
    await this.attendance.close();
  }
}
