import { expect } from "vitest";

import { ask } from "../../support/graphql-client.ts";
import type { Person } from "../../support/people.ts";

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }`;
/** Under what one connection may have under way. */
const AT_ONCE = 150;

/** Sends many messages quickly: `1`, `2`, `3` … in no certain order. */
export async function sendMany(who: Person, conversationId: string, count: number): Promise<void> {
  const client = who.ws();
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - sent) }, (_, n) => String(sent + n + 1));
    const answers = await Promise.all(some.map((content) => ask(client, SEND, { input: { conversationId, content } })));
    for (const { errors } of answers) expect(errors).toBeUndefined();
  }
  await client.dispose();
}
