import { Args, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { demandInside } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { PageArgs } from "../kernel/page-args.ts";
import { type Connection, connection, pageRequest } from "../kernel/pages.ts";
import { Viewer } from "../users/viewer.ts";
import { encodeCursor } from "./cursor.ts";
import { MessageConnection } from "./message-connection.ts";
import { Message } from "./message.ts";
import { histories, messageKey, newest } from "./read.ts";
import { unreadCounts, unreadTotal } from "./unread.ts";

@Resolver(() => Conversation)
export class ConversationMessagesResolver {
  @FieldResolver(() => MessageConnection, {
    description: "Its history, the oldest first. `last: 50` is the newest page; with nothing said, the last 20.",
  })
  async messages(
    @Ctx() ctx: Context,
    @Root() conversation: Conversation,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<Message>> {
    demandInside(conversation);
    const request = pageRequest(page, ["number"], true);
    const found = await ctx.load(histories, { conversationId: conversation.id, request });
    return connection(request, found, messageKey);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: "The newest message; null where nothing was said yet, or it is kept no longer.",
  })
  async lastMessage(@Ctx() ctx: Context, @Root() conversation: Conversation): Promise<Message | null> {
    demandInside(conversation);
    return conversation.lastSeq === 0 ? null : ctx.load(newest, conversation);
  }

  @FieldResolver(() => Int, {
    description:
      "Messages of others after the viewer's reading position that are not deleted, counted up to 999. What the server " +
      "itself wrote does not count.",
  })
  async unreadCount(@Ctx() ctx: Context, @Root() conversation: Conversation): Promise<number> {
    return ctx.viewer === null ? 0 : ctx.load(unreadCounts, conversation.id);
  }

  @FieldResolver(() => String, {
    description:
      "The log's position, opaque, read in the same snapshot as the rest of the query: subscribe after it, and nothing is " +
      "missed and nothing comes twice.",
  })
  cursor(@Ctx() ctx: Context, @Root() conversation: Conversation): string {
    demandInside(conversation);
    const { epoch } = ctx.services.database;
    return encodeCursor({ epoch, conversationId: conversation.id, position: conversation.position });
  }
}

@Resolver(() => Viewer)
export class ViewerMessagesResolver {
  @FieldResolver(() => Int, {
    description: "Messages that the viewer has not read in all conversations together, each counted up to 999.",
  })
  async unreadMessageCount(@Ctx() ctx: Context): Promise<number> {
    return unreadTotal(ctx);
  }
}
