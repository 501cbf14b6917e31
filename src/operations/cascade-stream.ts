import { Field, ID, Int, ObjectType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { badInput, Failure } from "../kernel/errors.ts";
import { Json } from "../kernel/json.ts";
import { type Connection, type PageArguments, connection, connectionType, pageRequest } from "../kernel/pages.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { CASCADE_STREAM } from "./cascade.ts";

/** An entry of the stream, as every consumer of it finds it. */
@ObjectType({ description: "An event as it stands in the cascade's stream." })
export class CascadeEvent {
  @Field(() => String, { description: "The entry's id in the Redis Stream, by which one reads on: 1795270800000-0." })
  entryId!: string;

  @Field(() => ID, { description: "The event's own id. An event that was sent twice has the same one: drop repeats." })
  id!: string;

  @Field(() => String, { description: "What happened: message.added. `cascade.eventTypes` lists them all." })
  type!: string;

  @Field(() => String, {
    description: "What it is about: conv_7. Events of one topic come in the order they happened.",
  })
  topic!: string;

  @Field(() => Int, { description: "The version of what `data` means." })
  version!: number;

  @Field(() => Date, { description: "When it happened." })
  at!: Date;

  @Field(() => Json, { description: "What `cascade.eventTypes` says of the type." })
  data!: unknown;
}

/** CascadeEventConnection and CascadeEventEdge. */
export const CascadeEventPage = connectionType(CascadeEvent, "CascadeEvent");

const ENTRY_ID = /^\d{1,15}-\d{1,15}$/;

/**
 * A page of the stream, the oldest first; the last page where nothing is said. What fell off its end is not there.
 *
 * @throws FORBIDDEN for everybody but administrators, INTERNAL_SERVER_ERROR where Redis is away
 */
export async function events(ctx: Context, page: PageArguments): Promise<Connection<CascadeEvent>> {
  demandAdministrator(ctx);
  const request = pageRequest(page, ["string"], true);
  const [after, before] = [entryId(request.after?.[0], "after"), entryId(request.before?.[0], "before")];
  const { redis } = ctx.services.cascade;
  if (redis === null) return connection<CascadeEvent>(request, [], () => []);
  const [from, to] = [after === null ? "-" : `(${after}`, before === null ? "+" : `(${before}`];
  const entries = await reached(ctx, () =>
    request.fromEnd
      ? redis.xrevrange(CASCADE_STREAM, to, from, "COUNT", request.size + 1)
      : redis.xrange(CASCADE_STREAM, from, to, "COUNT", request.size + 1),
  );
  return connection(request, entries.map(eventOf), (event) => [event.entryId]);
}

/** Asks Redis something; the caller learns that it is away, and no more. */
export async function reached<T>(ctx: Context, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    ctx.log.warn({ err: error }, "the cascade's stream is out of reach");
    throw new Failure("INTERNAL_SERVER_ERROR", "The stream is out of reach.");
  }
}

function entryId(given: string | number | undefined, field: string): string | null {
  if (given === undefined) return null;
  if (typeof given !== "string" || !ENTRY_ID.test(given)) {
    throw badInput(field, `${field} must be a cursor that this list handed out.`);
  }
  return given;
}

function eventOf([entry, fields]: [id: string, fields: string[]]): CascadeEvent {
  const told = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) told.set(fields[index] ?? "", fields[index + 1] ?? "");
  return Object.assign(new CascadeEvent(), {
    entryId: entry,
    id: told.get("id") ?? "",
    type: told.get("type") ?? "",
    topic: told.get("topic") ?? "",
    version: Number(told.get("version")),
    at: new Date(told.get("at") ?? NaN),
    data: JSON.parse(told.get("data") ?? "null") as unknown,
  });
}
