import type { Client } from "graphql-ws";

import type { Person } from "./people.ts";
import { does } from "./rooms.ts";

/** What somebody heard of a conversation. */
export interface Heard {
  readonly change: string;
  readonly conversationId: string;
  readonly conversation: { readonly title: string; readonly memberCount: number } | null;
  readonly user: { readonly id: string } | null;
}

const SUBSCRIPTION = `subscription { conversationChanged {
  change conversationId conversation { title memberCount } user { id } } }`;

/** Somebody's subscription to conversationChanged, which is known to be live. */
export interface Ear extends AsyncDisposable {
  /** Everything that was heard of a conversation up to now: what was published before the call has arrived. */
  of(conversationId: string): Promise<Heard[]>;
}

/** Subscribes. It is live once it hears a sign that the person gives themselves: a group that they make. */
export async function listen(person: Person, client: Client = person.ws()): Promise<Ear> {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const stop = client.subscribe<{ conversationChanged: Heard }>(
    { query: SUBSCRIPTION },
    {
      next: ({ data }) => {
        if (data != null) heard.push(data.conversationChanged);
        for (const wake of waiting) wake();
      },
      error: (reason) => {
        throw new Error("the subscription failed", { cause: reason });
      },
      complete: () => {},
    },
  );
  const sign = async (): Promise<string> =>
    (await does(person, "createGroup", { name: "Sign", memberIds: [] })).group.id;
  const hears = (id: string): boolean => heard.some(({ conversationId }) => conversationId === id);
  // A sign from before the subscription is live is not heard: another one is given until one is.
  while (heard.length === 0) await sign();
  return {
    async of(conversationId) {
      const last = await sign();
      while (!hears(last)) {
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
      return heard.filter((event) => event.conversationId === conversationId);
    },
    async [Symbol.asyncDispose]() {
      stop();
      await client.dispose();
    },
  };
}
