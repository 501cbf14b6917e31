import { expect } from "vitest";

import { type Variables, ask } from "../../support/graphql-client.ts";
import type { Person } from "../../support/people.ts";

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }`;
const EDIT = `mutation ($input: EditMessageInput!) { editMessage(input: $input) { message { seq } } }`;
/** Under what one connection may have under way. */
const AT_ONCE = 150;

/** Sends many messages quickly: `1`, `2`, `3` … in no certain order, or what else they are to say. */
export const sendMany = (
  who: Person,
  conversationId: string,
  count: number,
  content: (n: number) => string = String,
): Promise<void> => many(who, SEND, count, (n) => ({ conversationId, content: content(n) }));

/** Changes a message many times quickly, so that it says `1`, `2`, `3` … in no certain order. */
export const editMany = (who: Person, messageId: string, count: number): Promise<void> =>
  many(who, EDIT, count, (n) => ({ messageId, content: String(n) }));

async function many(who: Person, query: string, count: number, input: (n: number) => Variables): Promise<void> {
  const client = who.ws();
  for (let done = 0; done < count; done += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, n) => input(done + n + 1));
    const answers = await Promise.all(some.map((each) => ask(client, query, { input: each })));
    for (const { errors } of answers) expect(errors).toBeUndefined();
  }
  await client.dispose();
}
