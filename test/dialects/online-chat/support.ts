import { expect } from "vitest";

import { messageIdOf, roomIdOf } from "../../../src/dialects/online-chat/ids.ts";
import type { Data } from "../../support/graphql-client.ts";
import type { Rest, RestAnswer } from "../support/rest.ts";

const rowNumber = (id: string): number => Number(id.split("_")[1]);

/** GraphQL's `conv_7` and `msg_42` as this protocol has them. */
export const roomId = (id: string): string => roomIdOf(rowNumber(id));
export const messageId = (id: string): string => messageIdOf(rowNumber(id));

/** A time as this protocol writes it. */
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);

/** What an answer holds, which must be a success. */
export async function done(asked: Promise<RestAnswer>): Promise<Data> {
  const { status, body } = await asked;
  expect([status, body]).toEqual([200, body]);
  return body;
}

/** Says something that must be taken. */
export const says = (who: Rest, content: string, room = "global", more: object = {}): Promise<Data> =>
  done(who.post(`/api/chat/send?room_id=${room}`, { content, ...more }));

/** A page of history. */
export const reads = (who: Rest, room = "global", query = ""): Promise<Data[]> =>
  done(who.get(`/api/chat/messages?room_id=${room}${query}`));

/** What a page says, system messages aside. */
export const contentsOf = (page: readonly Data[]): string[] =>
  page.filter(({ message_type }) => message_type !== "system").map(({ content }) => content);

/** Demands a refusal: its status, and that its words name the argument at fault and are in both languages. */
export async function isRefused(asked: Promise<RestAnswer>, status: number, names: string): Promise<string> {
  const answer = await asked;
  expect([answer.status, answer.body]).toEqual([status, { detail: expect.stringContaining(names) }]);
  expect(answer.body.detail).toMatch(/^\p{Script=Han}+: .*[a-z]/u);
  return answer.body.detail;
}
