import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";

import { ofViewer } from "../conversations/memberships.ts";
import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { rowId } from "../kernel/ids.ts";
import {
  AddReactionInput,
  AddReactionPayload,
  DeleteMessageInput,
  DeleteMessagePayload,
  EditMessageInput,
  EditMessagePayload,
  MarkReadInput,
  MarkReadPayload,
  RecallMessageInput,
  RecallMessagePayload,
  RemoveReactionInput,
  RemoveReactionPayload,
  SendMessageInput,
  SendMessagePayload,
} from "./message.inputs.ts";
import * as messages from "./message.service.ts";
import { Message } from "./message.ts";
import * as reactions from "./reaction.service.ts";
import { visibleIn, visibleOrNull } from "./reach.ts";
import { markRead } from "./read-mark.service.ts";
import * as removals from "./removal.service.ts";
import { toldByClient } from "./told-by-client.ts";

@Resolver()
export class MessageResolver {
  @Query(() => Message, { nullable: true, description: "A message that the viewer may see, else null." })
  async message(
    @Ctx() ctx: Context,
    @Arg("id", () => ID, { description: "The message's id." }) id: string,
  ): Promise<Message | null> {
    return visibleOrNull(ctx, rowId("message", id, "id"));
  }

  @Mutation(() => SendMessagePayload, { description: "Sends a message. It is stored when the answer comes." })
  async sendMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => SendMessageInput, { description: "The message." }) input: SendMessageInput,
  ): Promise<SendMessagePayload> {
    return { message: await messages.send(ctx, toldByClient(input)) };
  }

  @Mutation(() => EditMessagePayload, { description: "Changes what one's own message says." })
  async editMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => EditMessageInput, { description: "The message and its new content." }) input: EditMessageInput,
  ): Promise<EditMessagePayload> {
    const messageId = rowId("message", input.messageId, "messageId");
    return { message: await messages.edit(ctx, { messageId, content: input.content }) };
  }

  @Mutation(() => RecallMessagePayload, {
    description:
      "Takes one's own message back, within RECALL_WINDOW_SECONDS of its sending, else EXPIRED: it keeps its place and says " +
      "nothing any more.",
  })
  async recallMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => RecallMessageInput, { description: "The message." }) input: RecallMessageInput,
  ): Promise<RecallMessagePayload> {
    return { message: await removals.recall(ctx, { messageId: rowId("message", input.messageId, "messageId") }) };
  }

  @Mutation(() => DeleteMessagePayload, {
    description: "Deletes a message: it keeps its place and says nothing any more.",
  })
  async deleteMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => DeleteMessageInput, { description: "The message." }) input: DeleteMessageInput,
  ): Promise<DeleteMessagePayload> {
    return { message: await removals.remove(ctx, { messageId: rowId("message", input.messageId, "messageId") }) };
  }

  @Mutation(() => AddReactionPayload, { description: "Puts an emoji under a message." })
  async addReaction(
    @Ctx() ctx: Context,
    @Arg("input", () => AddReactionInput, { description: "The message and the emoji." }) input: AddReactionInput,
  ): Promise<AddReactionPayload> {
    const messageId = rowId("message", input.messageId, "messageId");
    return { message: await reactions.add(ctx, { messageId, emoji: input.emoji }) };
  }

  @Mutation(() => RemoveReactionPayload, { description: "Takes one's emoji back from under a message." })
  async removeReaction(
    @Ctx() ctx: Context,
    @Arg("input", () => RemoveReactionInput, { description: "The message and the emoji." }) input: RemoveReactionInput,
  ): Promise<RemoveReactionPayload> {
    const messageId = rowId("message", input.messageId, "messageId");
    return { message: await reactions.remove(ctx, { messageId, emoji: input.emoji }) };
  }

  @Mutation(() => MarkReadPayload, { description: "Moves the viewer's reading position up to a message; never back." })
  async markRead(
    @Ctx() ctx: Context,
    @Arg("input", () => MarkReadInput, { description: "Where one has read, and how far." }) input: MarkReadInput,
  ): Promise<MarkReadPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    await markRead(ctx, { conversationId, seq: await this.#seqOf(ctx, conversationId, input) });
    const conversation = await visibleConversation(ctx, conversationId, "conversationId");
    const member = await ctx.load(ofViewer, conversationId);
    if (member === null) throw notFound("conversationId", "conversation");
    return { conversation, member };
  }

  async #seqOf(ctx: Context, conversationId: number, { seq, messageId }: MarkReadInput): Promise<number> {
    if ((seq == null) === (messageId == null)) throw badInput("seq", "Give seq or messageId, one of the two.");
    if (messageId == null) return seq ?? 0;
    return (await visibleIn(ctx, rowId("message", messageId, "messageId"), conversationId, "messageId")).seq;
  }
}
