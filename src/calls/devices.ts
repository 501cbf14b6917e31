import type { Logger } from "pino";

import { Context, type Services } from "../kernel/context.ts";
import { checkedText } from "../kernel/text.ts";

declare module "../kernel/context.ts" {
  interface Services {
    devices: Devices;
  }
}

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** A device in a call listens nowhere since `lostAt`, in milliseconds: it is given some time to come back. */
    callPartyLost: { readonly callId: number; readonly userId: number; readonly lostAt: number };
  }
}

/** Characters of the name by which a client tells its devices apart, at the most. */
export const DEVICE_ID_MAXIMUM = 64;
/** Seconds that a device in a call may be without a connection before it has left. */
export const RECONNECT_WITHIN_SECONDS = 15;
/**
 * Seconds after which a device without a connection gives its place in a call up to another one of its user's: longer than
 * a node takes to see that one is connected.
 */
export const TAKEN_OVER_AFTER_SECONDS = 5;
/** How often a node looks for devices that came back to it, and says which are gone. */
const LOOK_MS = 2_000;

/**
 * A device of the viewer's: their login, and the name that the client gave to what shares one (a tab, a window). It is
 * bound to the login, so that nobody speaks for another's device.
 */
export function deviceOf(ctx: Context, deviceId: string | null | undefined): string {
  const name = deviceId == null ? "" : checkedText("deviceId", deviceId, { max: DEVICE_ID_MAXIMUM });
  return `${ctx.me.sessionId}/${name}`;
}

/**
 * The devices that listen for calls at this node. Of those in a call the database knows at which node they listen: a
 * device that listens nowhere, because it hung up its connection or its node died, has left after
 * {@link RECONNECT_WITHIN_SECONDS}. Whoever connects costs no statement; only devices in a call do.
 */
export class Devices {
  readonly #listening = new Map<string, number>();
  #looks: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #context: Context | undefined;

  constructor(private readonly log: Logger) {}

  start(services: Services): void {
    const { lease } = services;
    this.#context = new Context(services, { requestId: `calls-${lease.id}`, ip: "", userAgent: "" }, this.log, null);
    lease.onGone(async (tx, nodes) => {
      await tx.sql(lose("node_id = any ($1::uuid[])"), [nodes.map((node) => node.id)]);
    });
    lease.onStray(async (ctx) => {
      await ctx.sql(lose("node_id is not null and not exists (select 1 from nodes n where n.id = node_id)"));
    });
    this.#looks = setInterval(() => {
      this.#look = this.#look.then(() => this.#see());
    }, LOOK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#looks);
    await this.#look;
  }

  /** A device begins to listen. @returns what it calls when it stops */
  attend(device: string): () => void {
    this.#listening.set(device, (this.#listening.get(device) ?? 0) + 1);
    return () => {
      const others = (this.#listening.get(device) ?? 1) - 1;
      if (others > 0) this.#listening.set(device, others);
      else this.#listening.delete(device);
    };
  }

  /** Whether the device listens at this node. */
  listens(device: string): boolean {
    return this.#listening.has(device);
  }

  /** Compares what the database knows of devices in calls with who listens here. */
  async #see(): Promise<void> {
    const ctx = this.#context;
    if (ctx === undefined) return;
    const { id } = ctx.services.lease;
    try {
      const rows = await ctx.sql<{ device: string; here: boolean }>(
        `select device, node_id is not null as here from call_parties
         where state = 'JOINED' and (node_id = $1 or lost_at is not null)`,
        [id],
      );
      const differing = rows.filter(({ device, here }) => here !== this.listens(device));
      const gone = differing.filter(({ here }) => here).map(({ device }) => device);
      const back = differing.filter(({ here }) => !here).map(({ device }) => device);
      if (gone.length > 0) {
        await ctx.sql(lose("node_id = $1 and device = any ($2)"), [id, gone]);
      }
      if (back.length > 0) {
        await ctx.sql(
          `update call_parties set node_id = $1, lost_at = null
           where state = 'JOINED' and lost_at is not null and device = any ($2)`,
          [id, back],
        );
      }
    } catch (error) {
      this.log.warn({ err: error }, "the devices in calls could not be looked after");
    }
  }
}

/** Takes devices in calls for lost, and sees to it that they leave unless they come back. */
const lose = (which: string): string => `
  with lost as (
    update call_parties set node_id = null, lost_at = clock_timestamp()
    where state = 'JOINED' and ${which} returning call_id, user_id, lost_at)
  select 1 from lost, lateral graphile_worker.add_job('callPartyLost', json_build_object('callId', lost.call_id,
    'userId', lost.user_id, 'lostAt', (extract(epoch from lost.lost_at) * 1000)::bigint),
    run_at => now() + make_interval(secs => ${RECONNECT_WITHIN_SECONDS}))`;
