import type { Client } from "graphql-ws";

import type { Data, GraphqlError, Variables } from "../../support/graphql-client.ts";

/** How a subscription ended: completed, refused or failed with an error, or with its socket. */
export type End = "complete" | readonly GraphqlError[] | { readonly code: number; readonly reason: string };

/** A subscription, and all that it heard. */
export interface Ear<Event> {
  readonly heard: readonly Event[];
  /** The first event that was not taken by an earlier call. Rejects where the subscription ends instead. */
  next(): Promise<Event>;
  /** Waits until what was heard is enough. Rejects where the subscription ends before. */
  until(enough: (heard: readonly Event[]) => boolean): Promise<void>;
  /** Forgets what was heard so far. */
  forget(): void;
  readonly ended: Promise<End>;
  /** Completes it from this side. */
  stop(): void;
}

/** Subscribes. Of each event the one root field is heard. */
export function listen<Event = Data>(client: Client, query: string, variables: Variables = {}): Ear<Event> {
  const heard: Event[] = [];
  let taken = 0;
  let came = Promise.withResolvers<void>();
  const end = Promise.withResolvers<End>();
  let over: End | undefined;
  const wake = (): void => {
    came.resolve();
    came = Promise.withResolvers();
  };
  const finish = (how: End): void => {
    over ??= how;
    end.resolve(over);
    wake();
  };
  const stop = client.subscribe<Record<string, Event>>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined || data == null) return finish((errors ?? []) as unknown as readonly GraphqlError[]);
        heard.push(...Object.values(data));
        wake();
      },
      error: (reason) => finish(reason as End),
      complete: () => finish("complete"),
    },
  );
  const until: Ear<Event>["until"] = async (enough) => {
    while (!enough(heard)) {
      if (over !== undefined) throw new Error(`It ended after ${JSON.stringify(heard)}: ${JSON.stringify(over)}`);
      await came.promise;
    }
  };
  return {
    heard,
    until,
    async next() {
      await until(() => heard.length > taken);
      taken += 1;
      return heard[taken - 1] as Event;
    },
    forget() {
      heard.length = 0;
      taken = 0;
    },
    ended: end.promise,
    stop,
  };
}

/**
 * Waits until subscriptions are live, which nothing says but that they hear something: they are poked until all do.
 *
 * @param poke makes something happen that they are to hear of
 * @param isPoke whether an event tells of what one call of `poke` returned, and of no other
 */
export async function live<Event, Poke>(
  ears: readonly Ear<Event>[],
  poke: () => Promise<Poke>,
  isPoke: (event: Event, poked: Poke) => boolean,
): Promise<void> {
  let last = await poke();
  while (ears.some(({ heard }) => heard.length === 0)) last = await poke();
  await Promise.all(ears.map((ear) => ear.until((heard) => heard.some((event) => isPoke(event, last)))));
  for (const ear of ears) ear.forget();
}
