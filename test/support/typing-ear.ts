import { vi } from "vitest";

import { conversationTopic } from "../../src/realtime/events.ts";
import { type Ear, listen } from "../log/support/ear.ts";
import type { GraphqlAnswer } from "./graphql-client.ts";
import type { Person } from "./people.ts";
import { numberOf } from "./presence.ts";
import type { Voice } from "./rooms.ts";
import type { TestServer } from "./server.ts";

/** What the subscription told. */
export interface TypingTold {
  readonly conversationId: string;
  readonly isTyping: boolean;
  readonly user: { readonly id: string; readonly username: string };
}

const TYPING = `subscription ($id: ID) { typing(conversationId: $id) { conversationId isTyping user { id username } } }`;

/** Says that somebody types, or does so no more, and answers with whatever comes. */
export const types = (who: Voice, conversationId: string, isTyping = true): Promise<GraphqlAnswer> =>
  who.graphql(`mutation ($input: SetTypingInput!) { setTyping(input: $input) { conversationId isTyping } }`, {
    input: { conversationId, isTyping },
  });

/** Somebody's subscription to typing, which is known to be live. */
export interface TypingEar {
  /** `name begins`, `name ends` of everything that was told; what was published before the call has come. */
  news(): Promise<string[]>;
  /** Waits until this was told. */
  hears(what: string): Promise<void>;
  readonly ear: Ear<TypingTold>;
  close(): Promise<void>;
}

/** Subscribes. The herald is a member whose typing only tells that what was before has come. */
export async function hearing(
  server: TestServer,
  who: Person,
  room: { readonly id: string },
  herald: Person,
  conversationId: string | null = room.id,
): Promise<TypingEar> {
  const client = who.ws();
  const ear = listen<TypingTold>(client, TYPING, { id: conversationId });
  const inWords = (heard: readonly TypingTold[]): string[] =>
    heard
      .filter(({ user }) => user.id !== herald.id)
      .map(({ user, isTyping }) => `${user.username.split("-")[0]} ${isTyping ? "begins" : "ends"}`);
  const news = { type: "typing", conversationId: numberOf(room), userId: numberOf(herald) };
  const topic = conversationTopic(news.conversationId);
  const mark = async (): Promise<void> => {
    const before = ear.heard.length;
    const look = (): void => {
      if (ear.heard.slice(before).some(({ user }) => user.id === herald.id)) return;
      for (const isTyping of [true, false]) server.services.bus.publish(topic, { ...news, isTyping });
      throw new Error("The herald was not heard.");
    };
    // Slower than beginnings are bounded, so that those of others are told too.
    await vi.waitFor(look, { interval: 250, timeout: 20_000 });
  };
  await mark();
  return {
    ear,
    async news() {
      await mark();
      return inWords(ear.heard);
    },
    hears: (what) => ear.until((heard) => inWords(heard).includes(what)),
    close: async () => client.dispose(),
  };
}
