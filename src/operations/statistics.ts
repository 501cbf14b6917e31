import { Field, Float, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "How much is going on at this server, for everybody who is logged in." })
export class ChatStats {
  @Field(() => Int, { description: "Accounts in use." })
  users!: number;

  @Field(() => Int, { description: "People who are here at present, however they choose to be shown." })
  onlineUsers!: number;

  @Field(() => Int, { description: "PUBLIC rooms." })
  rooms!: number;

  @Field(() => Float, {
    description:
      "Messages of all conversations, the server's own included; of very many an estimate, within a few percent.",
  })
  messages!: number;

  @Field(() => Int, {
    description: "Messages since the day began (UTC), the server's own included; of very many an estimate.",
  })
  messagesToday!: number;
}

@ObjectType({ description: "One day of the whole server." })
export class ServerDay {
  @Field(() => Date, { description: "When the day begins, in UTC." })
  day!: Date;

  @Field(() => Int, { description: "Messages of that day, the server's own included; of very many an estimate." })
  messages!: number;

  @Field(() => Int, { description: "Accounts that were made that day." })
  registrations!: number;
}

@ObjectType({ description: "How much is going on at this server, for administrators." })
export class ServerStats {
  @Field(() => Int, { description: "Accounts in use." })
  users!: number;

  @Field(() => Int, { description: "Accounts that administrators have deactivated." })
  deactivatedUsers!: number;

  @Field(() => Int, { description: "People who are here at present, however they choose to be shown." })
  onlineUsers!: number;

  @Field(() => Int, { description: "Rooms, PUBLIC and PRIVATE." })
  rooms!: number;

  @Field(() => Int, { description: "Groups." })
  groups!: number;

  @Field(() => Int, { description: "Direct conversations; of very many an estimate." })
  directConversations!: number;

  @Field(() => Float, { description: "Messages, the server's own included; of very many an estimate." })
  messages!: number;

  @Field(() => Int, { description: "Reports that wait for an administrator." })
  openReports!: number;

  @Field(() => [ServerDay], { description: "The days that were asked for, the oldest first; the last one is today." })
  days!: ServerDay[];
}

@ObjectType({ description: "One day of a conversation." })
export class ConversationDay {
  @Field(() => Date, { description: "When the day begins, in UTC." })
  day!: Date;

  @Field(() => Int, { description: "Messages of that day that are still kept, the server's own included." })
  messages!: number;
}

@ObjectType({ description: "How much somebody wrote lately in a conversation." })
export class TopSender {
  userId!: number;

  @Field(() => Int, { description: "Messages, among those that were counted." })
  messages!: number;
}

@ObjectType({ description: "How much is going on in a conversation." })
export class ConversationStats {
  @Field(() => Int, { description: "Messages so far, the server's own and those that are kept no more included." })
  messages!: number;

  @Field(() => Int, { description: "People who are in it." })
  members!: number;

  @Field(() => [ConversationDay], {
    description: "The days that were asked for, the oldest first; the last one is today.",
  })
  days!: ConversationDay[];

  @Field(() => [TopSender], {
    description: "Those who wrote most of the counted messages, at most 10, who wrote most first.",
  })
  topSenders!: TopSender[];

  @Field(() => Int, {
    description: "For topSenders: the newest messages of these days, at most 10,000, the server's own included.",
  })
  countedMessages!: number;
}

@ObjectType({ description: "How much somebody does here." })
export class UserStats {
  userId!: number;

  @Field(() => Int, {
    description: "Messages that they ever sent to conversations that are still there, those deleted since included.",
  })
  messages!: number;

  @Field(() => Int, { description: "Conversations that they are in." })
  conversations!: number;

  @Field(() => Int, { description: "Their friends." })
  friends!: number;

  @Field(() => Date, {
    nullable: true,
    description: "When one of their sessions was last begun or refreshed; null where they are logged in nowhere.",
  })
  lastUsedAt!: Date | null;
}
