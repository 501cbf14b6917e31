import { Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { Member } from "../conversations/member.ts";
import { Message, MessageType } from "./message.ts";

@InputType({ description: "A place on Earth." })
export class LocationInput {
  @Field(() => Float, { description: "Degrees north, -90 to 90 (WGS 84)." })
  latitude!: number;

  @Field(() => Float, { description: "Degrees east, -180 to 180 (WGS 84)." })
  longitude!: number;

  @Field(() => String, { nullable: true, description: "The place in words; at most 500 characters." })
  address?: string | null;
}

@InputType({ description: "What sendMessage takes." })
export class SendMessageInput {
  @Field(() => ID, { description: "The conversation to write into." })
  conversationId!: string;

  @Field(() => String, {
    description:
      "1-5,000 characters of any Unicode but NUL and lone surrogates, of an encrypted message 1-32,768; empty only with a file or " +
      "a location.",
  })
  content!: string;

  @Field(() => MessageType, { defaultValue: MessageType.TEXT, description: "What it carries; not SYSTEM." })
  type!: MessageType;

  @Field(() => ID, {
    nullable: true,
    description:
      "What an IMAGE, FILE, AUDIO or VIDEO message carries: a file that one has uploaded, or that a message carries " +
      "which one may see. An IMAGE message carries an image, AUDIO and VIDEO likewise, FILE any file.",
  })
  fileId?: string | null;

  @Field(() => LocationInput, { nullable: true, description: "The place, of a LOCATION message and no other." })
  location?: LocationInput | null;

  @Field(() => ID, { nullable: true, description: "The message that this one answers, of the same conversation." })
  replyToId?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "The content is encrypted: it is passed on as it is, and no mention is looked for in it.",
  })
  isEncrypted!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "The sender's own name for the message, 1-100 characters, unique for good. The same content again returns the first " +
      "message, so a send can be repeated until it is answered; other content is CONFLICT.",
  })
  clientMessageId?: string | null;
}

@InputType({ description: "What editMessage takes." })
export class EditMessageInput {
  @Field(() => ID, { description: "One's own message." })
  messageId!: string;

  @Field(() => String, {
    description: "What it says from now on; 1-5,000 characters, of an encrypted message 1-32,768.",
  })
  content!: string;
}

@InputType({ description: "What recallMessage takes." })
export class RecallMessageInput {
  @Field(() => ID, { description: "One's own message, sent a moment ago." })
  messageId!: string;
}

@InputType({ description: "What deleteMessage takes." })
export class DeleteMessageInput {
  @Field(() => ID, { description: "One's own message, or any where one moderates." })
  messageId!: string;
}

@InputType({ description: "What addReaction takes." })
export class AddReactionInput {
  @Field(() => ID, { description: "The message to react to." })
  messageId!: string;

  @Field(() => String, { description: "One emoji." })
  emoji!: string;
}

@InputType({ description: "What removeReaction takes." })
export class RemoveReactionInput {
  @Field(() => ID, { description: "The message that one reacted to." })
  messageId!: string;

  @Field(() => String, { description: "The emoji to take back." })
  emoji!: string;
}

@InputType({ description: "What markRead takes: the conversation, and either `seq` or `messageId`." })
export class MarkReadInput {
  @Field(() => ID, { description: "The conversation that was read." })
  conversationId!: string;

  @Field(() => Int, { nullable: true, description: "The seq of the last message read." })
  seq?: number | null;

  @Field(() => ID, { nullable: true, description: "The last message read." })
  messageId?: string | null;
}

@ObjectType({ description: "What sendMessage changed." })
export class SendMessagePayload {
  @Field(() => Message, { description: "The message, or the first one that was sent under its clientMessageId." })
  message!: Message;
}

@ObjectType({ description: "What editMessage changed." })
export class EditMessagePayload {
  @Field(() => Message, { description: "The message as it is now." })
  message!: Message;
}

@ObjectType({ description: "What recallMessage changed." })
export class RecallMessagePayload {
  @Field(() => Message, { description: "The message, which says nothing any more." })
  message!: Message;
}

@ObjectType({ description: "What deleteMessage changed." })
export class DeleteMessagePayload {
  @Field(() => Message, { description: "The message, which says nothing any more." })
  message!: Message;
}

@ObjectType({ description: "What addReaction changed." })
export class AddReactionPayload {
  @Field(() => Message, { description: "The message with its reactions." })
  message!: Message;
}

@ObjectType({ description: "What removeReaction changed." })
export class RemoveReactionPayload {
  @Field(() => Message, { description: "The message with its reactions." })
  message!: Message;
}

@ObjectType({ description: "What markRead changed." })
export class MarkReadPayload {
  @Field(() => Conversation, { description: "The conversation, with its unreadCount." })
  conversation!: Conversation;

  @Field(() => Member, { description: "The viewer's membership, with its lastReadSeq." })
  member!: Member;
}
