import type { Context } from "../kernel/context.ts";

/** Events that wait for the stream, at the most: some days of a busy server, some hundred megabytes. */
export const OUTBOX_MAXIMUM = 1_000_000;
/** Events given up in one transaction. */
const BATCH = 10_000;

/**
 * Sends what was left behind. Where Redis was away for so long that more than {@link OUTBOX_MAXIMUM} events wait, the
 * oldest are given up, and in place of the last one of each topic stands a `cascade.gap` that says how many: no
 * consumer loses anything without learning of it, at its place in the order.
 *
 * @param maximum events that may wait
 */
export async function cascadeSweep(ctx: Context, maximum: number = OUTBOX_MAXIMUM): Promise<void> {
  try {
    await ctx.services.cascade.drain();
  } finally {
    await keepWithin(ctx, maximum);
  }
}

async function keepWithin(ctx: Context, maximum: number): Promise<void> {
  const bound = await firstToKeep(ctx, maximum);
  if (bound === null) return;
  let given: number;
  let total = 0;
  do {
    given = await giveUp(ctx, bound);
    total += given;
  } while (given > 0);
  if (total > 0) ctx.log.error({ events: total }, "the cascade's stream was away for too long: events were given up");
}

async function firstToKeep(ctx: Context, maximum: number): Promise<string | null> {
  const [row] = await ctx.sql<{ id: string }>("select id from domain_events order by id desc offset $1 limit 1", [
    maximum - 1,
  ]);
  return row?.id ?? null;
}

/** @returns how many events are no more */
async function giveUp(ctx: Context, bound: string): Promise<number> {
  const [row] = await ctx.sql<{ given: string }>(
    `with old as materialized (
       select id, topic, type, data, created_at from domain_events
       where id < $1 and type <> 'cascade.gap' order by id limit $2 for update skip locked),
     prior as materialized (
       select g.id, g.topic, (g.data ->> 'dropped')::bigint as dropped from domain_events g
       where g.type = 'cascade.gap' and g.id < $1 and g.topic in (select topic from old) for update skip locked),
     gaps as (
       select o.topic, max(o.id) as id, max(o.created_at) as until,
         count(*) + coalesce((select sum(p.dropped) from prior p where p.topic = o.topic), 0) as dropped
       from old o group by o.topic),
     gone as (
       delete from domain_events d using (select id from old union all select id from prior) x
       where d.id = x.id and d.id not in (select id from gaps)),
     marked as (
       update domain_events d set type = 'cascade.gap',
         data = json_build_object('dropped', g.dropped, 'until', cascade_time(g.until))
       from gaps g where d.id = g.id)
     select count(*) as given from old`,
    [bound, BATCH],
  );
  return Number(row?.given ?? 0);
}
