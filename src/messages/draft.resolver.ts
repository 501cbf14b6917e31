import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { reachable, visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { Viewer } from "../users/viewer.ts";
import * as drafts from "./draft.service.ts";
import { Draft } from "./draft.ts";
import { Message } from "./message.ts";
import { visibleOrNull } from "./reach.ts";

@InputType({ description: "What saveDraft takes." })
class SaveDraftInput {
  @Field(() => ID, { description: "A conversation that the viewer is in." })
  conversationId!: string;

  @Field(() => String, { description: "What is written so far; 1-5,000 characters." })
  content!: string;

  @Field(() => ID, { nullable: true, description: "The message that it will answer, of the same conversation." })
  replyToId?: string | null;
}

@InputType({ description: "What deleteDraft takes." })
class DeleteDraftInput {
  @Field(() => ID, { description: "The conversation." })
  conversationId!: string;
}

@ObjectType({ description: "What saveDraft changed." })
class SaveDraftPayload {
  @Field(() => Draft, { description: "The draft." })
  draft!: Draft;
}

@ObjectType({ description: "What deleteDraft changed." })
class DeleteDraftPayload {
  @Field(() => Conversation, { description: "The conversation, which has no draft now." })
  conversation!: Conversation;
}

@ObjectType({ description: "The viewer's draft in a conversation was saved or deleted." })
export class DraftEvent {
  @Field(() => ID, { description: "The conversation." })
  conversationId!: string;

  /** The conversation's number. */
  of!: number;
}

@Resolver(() => DraftEvent)
export class DraftEventResolver {
  @FieldResolver(() => Draft, { nullable: true, description: "The draft as it is now; null where there is none." })
  draft(@Ctx() ctx: Context, @Root() { of }: DraftEvent): Promise<Draft | null> {
    return ctx.load(drafts.inConversations, of);
  }
}

@Resolver(() => Draft)
export class DraftResolver {
  @FieldResolver(() => Conversation, { description: "Where it is to be said." })
  async conversation(@Ctx() ctx: Context, @Root() draft: Draft): Promise<Conversation> {
    const conversation = await ctx.load(reachable, draft.conversationId);
    if (conversation === null) throw notFound("conversationId", "conversation");
    return conversation;
  }

  @FieldResolver(() => Message, { nullable: true, description: "The message that it will answer." })
  async replyTo(@Ctx() ctx: Context, @Root() { replyToId }: Draft): Promise<Message | null> {
    return replyToId === null ? null : visibleOrNull(ctx, replyToId);
  }

  @Mutation(() => SaveDraftPayload, {
    description:
      "Keeps what the viewer has begun to write, one draft a conversation, in the place of the one before. Sending a message " +
      `leaves it alone. At most ${drafts.DRAFTS_MAXIMUM}, else CONFLICT.`,
  })
  async saveDraft(
    @Ctx() ctx: Context,
    @Arg("input", () => SaveDraftInput, { description: "Where, and what." }) input: SaveDraftInput,
  ): Promise<SaveDraftPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    const replyToId = input.replyToId == null ? null : rowId("message", input.replyToId, "replyToId");
    return { draft: await drafts.save(ctx, { conversationId, content: input.content, replyToId }) };
  }

  @Mutation(() => DeleteDraftPayload, { description: "Forgets the viewer's draft in a conversation." })
  async deleteDraft(
    @Ctx() ctx: Context,
    @Arg("input", () => DeleteDraftInput, { description: "Where." }) input: DeleteDraftInput,
  ): Promise<DeleteDraftPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    await drafts.forget(ctx, conversationId);
    return { conversation: await visibleConversation(ctx, conversationId, "conversationId") };
  }

  @Subscription(() => DraftEvent, {
    description: "The viewer's own drafts, as they are saved and deleted on any of their devices.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            if (told.type !== "draft") return null;
            const of = told.conversationId;
            return Object.assign(new DraftEvent(), { of, conversationId: globalId("conversation", of) });
          },
        },
      ),
  })
  draftChanged(@Root() event: DraftEvent): DraftEvent {
    return event;
  }
}

@Resolver(() => Conversation)
export class ConversationDraftResolver {
  @FieldResolver(() => Draft, { nullable: true, description: "What the viewer has begun to write in it." })
  async draft(@Ctx() ctx: Context, @Root() { id }: Conversation): Promise<Draft | null> {
    return ctx.viewer === null ? null : ctx.load(drafts.inConversations, id);
  }
}

@Resolver(() => Viewer)
export class ViewerDraftsResolver {
  @FieldResolver(() => drafts.DraftPage.Connection, {
    description: "What the viewer has begun to write, in the conversations that they are in, the latest first.",
  })
  drafts(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<Draft>> {
    return drafts.list(ctx, page);
  }
}
