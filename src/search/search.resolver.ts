import { Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { type Connection, PAGE_DEFAULT, PAGE_MAXIMUM } from "../kernel/pages.ts";
import { MessageConnection } from "../messages/message-connection.ts";
import type { Message } from "../messages/message.ts";
import * as search from "./search.service.ts";

@ArgsType()
class SearchMessagesArgs {
  @Field(() => String, {
    description:
      `The words that a message must hold, all of them, in any order: 1-${search.QUERY_MAXIMUM} characters, at most ` +
      `${search.TERMS_MAXIMUM} words. Words are found by how they begin; Chinese, Japanese, Korean, Thai and emoji by any ` +
      "part, one character too. Case, accents, width and punctuation do not count.",
  })
  query!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Only in this conversation, which the viewer can read. Else in all that they are in.",
  })
  conversationId?: string | null;

  @Field(() => ID, { nullable: true, description: "Only what this user sent." })
  senderId?: string | null;

  @Field(() => Date, { nullable: true, description: "Only what was sent at this time or later." })
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: "Only what was sent before this time." })
  to?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: `Items a page, 1-${PAGE_MAXIMUM}; ${PAGE_DEFAULT} where it is not given.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor of this list: only what is older." })
  after?: string | null;
}

@Resolver()
export class SearchResolver {
  @Query(() => MessageConnection, {
    description:
      "Messages that hold all words of a query, the newest first. Deleted, recalled, encrypted and SYSTEM messages are " +
      "not found. A search that would take longer than two seconds is BAD_USER_INPUT with the reason TOO_BROAD.",
  })
  searchMessages(
    @Args(() => SearchMessagesArgs) args: SearchMessagesArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<Message>> {
    const { query, conversationId, senderId, from, to, first, after } = args;
    return search.searchMessages(ctx, {
      query,
      conversationId: conversationId == null ? null : rowId("conversation", conversationId, "conversationId"),
      senderId: senderId == null ? null : rowId("user", senderId, "senderId"),
      from: from ?? null,
      to: to ?? null,
      first,
      after,
    });
  }
}
