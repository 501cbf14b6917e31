import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { User } from "../users/user.ts";
import { byIds as usersByIds } from "../users/user.service.ts";
import { Viewer } from "../users/viewer.ts";
import * as conversations from "./conversation.service.ts";
import { Conversation, ConversationKind, DirectConversation, type Group, type Room } from "./conversation.ts";
import { Member, MemberRole } from "./member.ts";
import { memberPage } from "./member-pages.ts";
import { ofViewer } from "./memberships.ts";
import { ConversationPage, MemberPage } from "./pages.ts";
import { demandInside } from "./reach.ts";

@ArgsType()
class MembersArgs extends PageArgs {
  @Field(() => MemberRole, { nullable: true, description: "Only those of one role." })
  role?: MemberRole | null;
}

@ArgsType()
class ConversationsArgs extends PageArgs {
  @Field(() => ConversationKind, { nullable: true, description: "Only those of one kind." })
  kind?: ConversationKind | null;

  @Field(() => Boolean, { nullable: true, description: "Only those with messages that the viewer has not read." })
  unreadOnly?: boolean | null;
}

/** What every conversation tells of itself and of who is in it. */
@Resolver(() => Conversation)
export class ConversationResolver {
  @Query(() => Conversation, {
    nullable: true,
    description: "A conversation that the viewer is in, or a PUBLIC room; any other is NOT_FOUND.",
  })
  conversation(
    @Arg("id", () => ID, { description: "A global id: conv_1." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Conversation> {
    return conversations.get(ctx, rowId("conversation", id, "id"));
  }

  @FieldResolver(() => String, {
    description: "A room's or group's name; of a direct conversation the other's display name.",
  })
  async title(@Root() conversation: Conversation, @Ctx() ctx: Context): Promise<string> {
    if (conversation instanceof DirectConversation) return (await peerOf(ctx, conversation)).displayName;
    return (conversation as Room | Group).name;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Address of the picture; of a direct conversation the other's picture.",
  })
  async avatarUrl(@Root() conversation: Conversation, @Ctx() ctx: Context): Promise<string | null> {
    if (conversation instanceof DirectConversation) return (await peerOf(ctx, conversation)).avatarUrl;
    return conversation.avatarUrl;
  }

  @FieldResolver(() => Int, { description: "The seq of the newest message; 0 where nothing was said yet." })
  lastSeq(@Root() conversation: Conversation): number {
    demandInside(conversation);
    return conversation.lastSeq;
  }

  @FieldResolver(() => Date, { description: "When anything in it last changed: a message, a member, its name." })
  updatedAt(@Root() conversation: Conversation): Date {
    demandInside(conversation);
    return conversation.updatedAt;
  }

  @FieldResolver(() => MemberPage.Connection, {
    description: "Who is in it, in the order in which their accounts were made.",
  })
  members(
    @Root() conversation: Conversation,
    @Args(() => MembersArgs) { role, ...page }: MembersArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<Member>> {
    demandInside(conversation);
    return memberPage(ctx, { conversationId: conversation.id, role: role ?? null, banned: false }, page);
  }

  @FieldResolver(() => Member, { nullable: true, description: "The viewer in it; null where they are not a member." })
  viewerMembership(@Root() conversation: Conversation, @Ctx() ctx: Context): Promise<Member | null> {
    return ctx.load(ofViewer, conversation.id);
  }
}

@Resolver(() => DirectConversation)
export class DirectConversationResolver {
  @FieldResolver(() => User, { description: "The other of the two." })
  peer(@Root() conversation: DirectConversation, @Ctx() ctx: Context): Promise<User> {
    return peerOf(ctx, conversation);
  }
}

@Resolver(() => Viewer)
export class ViewerConversationsResolver {
  @FieldResolver(() => ConversationPage.Connection, {
    description: "The conversations that the viewer is in, those where something happened last first.",
  })
  conversations(
    @Args(() => ConversationsArgs) { kind, unreadOnly, ...page }: ConversationsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<Conversation>> {
    return conversations.list(ctx, { kind, unreadOnly }, page);
  }
}

const peerOf = (ctx: Context, conversation: DirectConversation): Promise<User> =>
  ctx.load(usersByIds, conversation.peerOf(ctx.me.userId));
