import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { deleteInBatches } from "../kernel/delete-in-batches.ts";
import { badInput } from "../kernel/errors.ts";
import { checkedJson } from "../kernel/json.ts";
import { type Connection, type PageArguments, connectionType } from "../kernel/pages.ts";
import { checkedLine } from "../kernel/text.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { ClientEvent } from "./client-event.ts";
import { spend } from "../users/daily-quota.ts";
import { Filter, type Timeline, pageOf } from "./timeline.ts";

/** Characters of an event's type. */
export const EVENT_TYPE_MAXIMUM = 64;
/** Bytes of an event's data, as JSON. */
export const EVENT_DATA_MAXIMUM_BYTES = 8_192;
/** Events that are taken of one user a day (UTC). */
export const EVENTS_PER_DAY = 1_000;
/** How long an event is kept. */
export const EVENT_RETENTION_DAYS = 30;
/** How far a client's clock may be ahead. */
export const CLOCK_AHEAD_MAXIMUM_SECONDS = 24 * 60 * 60;

/** ClientEventConnection and ClientEventEdge. */
export const ClientEventPage = connectionType(ClientEvent, "ClientEvent");

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Events that were kept for long enough are dropped. */
    dropOldClientEvents: object;
  }
}

const COLUMNS = "id, user_id, type, data, occurred_at, received_at";

const CLIENT_EVENTS: Timeline<ClientEvent> = {
  table: "client_events",
  columns: COLUMNS,
  time: "received_at",
  itemOf: eventOf,
  timeOf: ({ receivedAt }) => receivedAt,
};

/** What a client says of something that happened. */
export interface NewClientEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly occurredAt?: Date | null | undefined;
}

/** Takes an event of the viewer's client. @throws BAD_USER_INPUT, RATE_LIMITED after 1,000 a day */
export async function report(ctx: Context, input: NewClientEvent): Promise<ClientEvent> {
  const { userId } = ctx.me;
  const type = checkedLine("type", input.type, { min: 1, max: EVENT_TYPE_MAXIMUM });
  const data = checkedJson("data", input.data, EVENT_DATA_MAXIMUM_BYTES);
  const occurredAt = input.occurredAt == null ? null : checkedTime("occurredAt", input.occurredAt);
  return ctx.transaction(async (tx) => {
    await spend(tx, "clientEvents", EVENTS_PER_DAY);
    const rows = await tx.sql(
      `insert into client_events (user_id, type, data, occurred_at)
       values ($1, $2, $3::jsonb, coalesce($4::timestamptz, clock_timestamp())) returning ${COLUMNS}`,
      [userId, type, data, occurredAt],
    );
    return eventOf(rows[0] as Row);
  });
}

/** Which events are asked for; what is left out is not asked. */
export interface ClientEventFilter {
  readonly type?: string | null | undefined;
  readonly userId?: number | null | undefined;
  /** Received from this moment on. */
  readonly from?: Date | null | undefined;
  /** Received before this moment. */
  readonly to?: Date | null | undefined;
}

/** What clients told, the latest first. @throws FORBIDDEN for everybody but administrators */
export function list(ctx: Context, asked: ClientEventFilter, page: PageArguments): Promise<Connection<ClientEvent>> {
  demandAdministrator(ctx);
  const filter = new Filter()
    .where("type = ?", asked.type == null ? null : checkedLine("type", asked.type, { max: EVENT_TYPE_MAXIMUM }))
    .where("user_id = ?", asked.userId)
    .where("received_at >= ?", asked.from)
    .where("received_at < ?", asked.to);
  return pageOf(ctx, CLIENT_EVENTS, filter, page);
}

/** See {@link Jobs}. */
export async function dropOld(ctx: Context): Promise<void> {
  const old = "select id from client_events where received_at < now() - make_interval(days => $1)";
  await deleteInBatches(ctx, "client_events", old, [EVENT_RETENTION_DAYS]);
}

/** A client's clock may be wrong: what it says is kept as it says it, but for times that are beyond sense. */
function checkedTime(field: string, at: Date): Date {
  const ahead = (at.getTime() - Date.now()) / 1_000;
  if (!(ahead <= CLOCK_AHEAD_MAXIMUM_SECONDS)) throw badInput(field, `${field} must not be in the future.`);
  if (at.getTime() < 0) throw badInput(field, `${field} must not be before 1970.`);
  return at;
}

function eventOf(row: Row): ClientEvent {
  return Object.assign(new ClientEvent(), {
    id: Number(row["id"]),
    userId: Number(row["user_id"]),
    type: row["type"] as string,
    data: row["data"],
    occurredAt: time(row["occurred_at"]),
    receivedAt: time(row["received_at"]),
  });
}
