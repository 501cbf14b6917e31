import { Field, Int, ObjectType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { CASCADE_EVENTS, CASCADE_VERSION } from "./cascade-events.ts";
import { OUTBOX_MAXIMUM } from "./cascade-sweep.ts";
import { CASCADE_STREAM } from "./cascade.ts";
import { reached } from "./cascade-stream.ts";

@ObjectType({ description: "A type of event that the cascade tells of." })
export class CascadeEventInfo {
  @Field(() => String, { description: "Its name: message.added." })
  name!: string;

  @Field(() => String, { description: "What it means." })
  description!: string;

  @Field(() => String, { description: "Which topic it belongs to. Within a topic events keep their order." })
  topic!: string;

  @Field(() => [String], { description: "The fields of its `data`." })
  fields!: readonly string[];
}

/** Every type of event, for programs to read. */
export const EVENT_TYPES: readonly CascadeEventInfo[] = Object.entries(CASCADE_EVENTS).map(([name, type]) =>
  Object.assign(new CascadeEventInfo(), { name, ...type }),
);

@ObjectType({
  description:
    "How other systems read what happens here: a Redis Stream that every event goes into at least once, and in order " +
    "within its topic. The entries have the fields id, type, topic, version, at, data.",
})
export class CascadeInfo {
  @Field(() => Boolean, { description: "Whether events go out: there is a Redis, and CASCADE is not false." })
  isEnabled!: boolean;

  @Field(() => String, { description: "The stream's key in the Redis of REDIS_URL." })
  stream: string = CASCADE_STREAM;

  @Field(() => Int, { description: "The version of the events' meaning, as each entry carries it." })
  version: number = CASCADE_VERSION;

  @Field(() => Int, { description: "Entries in the stream." })
  length: number = 0;

  @Field(() => Int, { description: "Entries that the stream keeps (CASCADE_STREAM_MAXLEN), or some more." })
  maximumLength!: number;

  @Field(() => String, { nullable: true, description: "Id of the oldest entry; null where there is none." })
  firstEntryId: string | null = null;

  @Field(() => String, { nullable: true, description: "Id of the newest entry ever; null where there was none." })
  lastEntryId: string | null = null;

  @Field(() => Int, {
    description: `Events that are not in the stream yet. Past ${OUTBOX_MAXIMUM.toLocaleString("en")} the oldest are given up for a cascade.gap.`,
  })
  waiting!: number;

  @Field(() => Date, { nullable: true, description: "Since when the oldest of them waits; null where none does." })
  waitingSince: Date | null = null;

  @Field(() => String, {
    description: "The command of Redis that reads on after the newest entry, and waits for more.",
  })
  get readCommand(): string {
    return `XREAD COUNT 100 BLOCK 5000 STREAMS ${this.stream} ${this.lastEntryId ?? "0-0"}`;
  }
}

/**
 * Where the cascade's stream is, how it is read, and how far it is.
 *
 * @throws FORBIDDEN for everybody but administrators, INTERNAL_SERVER_ERROR where Redis is away
 */
export async function info(ctx: Context): Promise<CascadeInfo> {
  demandAdministrator(ctx);
  const { redis, maximumLength } = ctx.services.cascade;
  const [[waits], stream] = await Promise.all([
    ctx.sql<{ n: string; since: string | null }>(
      "select count(*) as n, cascade_time(min(created_at)) as since from domain_events",
    ),
    redis === null ? null : reached(ctx, () => redis.xinfo("STREAM", CASCADE_STREAM).catch(noStream)),
  ]);
  return Object.assign(new CascadeInfo(), {
    isEnabled: redis !== null,
    maximumLength,
    waiting: Number(waits?.n),
    waitingSince: waits?.since == null ? null : new Date(waits.since),
    ...(Array.isArray(stream) ? lengthAndEnds(stream) : {}),
  });
}

/** Before the first event there is no stream. */
function noStream(error: unknown): null {
  if (error instanceof Error && error.message.includes("no such key")) return null;
  throw error;
}

function lengthAndEnds(told: readonly unknown[]): Partial<CascadeInfo> {
  const of = (name: string): unknown => told[told.indexOf(name) + 1];
  const first = of("first-entry");
  return {
    length: Number(of("length")),
    firstEntryId: Array.isArray(first) ? String(first[0]) : null,
    lastEntryId: String(of("last-generated-id")),
  };
}
