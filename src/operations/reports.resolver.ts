import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType } from "type-graphql";
import { Query, Resolver, Root, registerEnumType } from "type-graphql";

import { File } from "../files/file.ts";
import { byIds as filesByIds } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import { type Connection, connectionType } from "../kernel/pages.ts";
import { Message } from "../messages/message.ts";
import { visibleOrNull } from "../messages/reach.ts";
import { User } from "../users/user.ts";
import { administers } from "../users/administrators.ts";
import * as users from "../users/user.service.ts";
import { MessageReport, ReportReason, ReportState, ReportedMessage } from "./message-report.ts";
import * as reports from "./reports.ts";

/** MessageReportConnection and MessageReportEdge. */
const ReportPage = connectionType(MessageReport, "MessageReport");

/** What an administrator may do about a report. */
enum ReportAction {
  DISMISS = "DISMISS",
  DELETE_MESSAGE = "DELETE_MESSAGE",
  SETTLE = "SETTLE",
}
/** What becomes of the report thereby. */
const OUTCOMES = {
  DISMISS: ReportState.DISMISSED,
  DELETE_MESSAGE: ReportState.DELETED,
  SETTLE: ReportState.SETTLED,
} as const satisfies Record<ReportAction, ReportState>;
registerEnumType(ReportAction, {
  name: "ReportAction",
  description: "What an administrator does about a report.",
  valuesConfig: {
    DISMISS: { description: "Nothing: the message may stay." },
    DELETE_MESSAGE: { description: "Deletes the message, and resolves every open report of it." },
    SETTLE: { description: "Something else, which the note must say." },
  },
});

@InputType({ description: "A message that should not be there." })
class ReportMessageInput {
  @Field(() => ID, { description: "Which one: msg_42. The viewer sees it, and did not write it." })
  messageId!: string;

  @Field(() => ReportReason, { description: "Why." })
  reason!: ReportReason;

  @Field(() => String, { nullable: true, description: "What there is to say to it; at most 1,000 characters." })
  comment?: string | null;
}

@InputType({ description: "What is done about a report." })
class ResolveReportInput {
  @Field(() => ID, { description: "Which one: report_1. It is open." })
  reportId!: string;

  @Field(() => ReportAction, { description: "What is done." })
  action!: ReportAction;

  @Field(() => String, {
    nullable: true,
    description: "Why, for the other administrators; at most 1,000 characters. SETTLE needs one.",
  })
  note?: string | null;
}

@ObjectType({ description: "The report as it was made." })
class ReportMessagePayload {
  @Field(() => MessageReport, { description: "The report. From now on only administrators see it." })
  report!: MessageReport;
}

@ObjectType({ description: "The report as it was resolved." })
class ResolveReportPayload {
  @Field(() => MessageReport, { description: "The report." })
  report!: MessageReport;
}

@ArgsType()
class MessageReportsArgs extends PageArgs {
  @Field(() => ReportState, { nullable: true, description: "Only those of this state; OPEN is the queue." })
  state?: ReportState | null;
}

@Resolver(() => MessageReport)
export class ReportsResolver {
  @Query(() => ReportPage.Connection, { description: "What was reported, the latest first. For administrators." })
  messageReports(
    @Args(() => MessageReportsArgs) args: MessageReportsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<MessageReport>> {
    return reports.list(ctx, args);
  }

  @Mutation(() => ReportMessagePayload, {
    description:
      "Reports a message to the administrators of the server, who are shown what it says at this moment, though they are " +
      "not in its conversation; of an encrypted one nothing. Once for each message, at most 50 a day.",
  })
  async reportMessage(
    @Arg("input", () => ReportMessageInput, { description: "Which message, and why." }) input: ReportMessageInput,
    @Ctx() ctx: Context,
  ): Promise<ReportMessagePayload> {
    const { messageId, reason, comment } = input;
    return {
      report: await reports.report(ctx, { messageId: rowId("message", messageId, "messageId"), reason, comment }),
    };
  }

  @Mutation(() => ResolveReportPayload, { description: "Resolves a report that is open. For administrators." })
  async resolveReport(
    @Arg("input", () => ResolveReportInput, { description: "Which one, and how." }) input: ResolveReportInput,
    @Ctx() ctx: Context,
  ): Promise<ResolveReportPayload> {
    const reportId = rowId("messageReport", input.reportId, "reportId");
    return { report: await reports.resolve(ctx, reportId, { state: OUTCOMES[input.action], note: input.note }) };
  }

  @FieldResolver(() => User, { nullable: true, description: "Who wrote the message; null where they are no more." })
  async sender(@Root() { senderId }: MessageReport, @Ctx() ctx: Context): Promise<User | null> {
    return senderId === null ? null : ctx.load(users.byIdsOrNull, senderId);
  }

  @FieldResolver(() => User, { description: "Who reported it." })
  reporter(@Root() { reporterId }: MessageReport, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, reporterId);
  }

  @FieldResolver(() => User, { nullable: true, description: "Who resolved it; null before." })
  async resolvedBy(@Root() { resolvedById }: MessageReport, @Ctx() ctx: Context): Promise<User | null> {
    return resolvedById === null ? null : ctx.load(users.byIdsOrNull, resolvedById);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: "The message as it is now; null where the viewer does not see its conversation, or it is gone.",
  })
  message(@Root() { messageId }: MessageReport, @Ctx() ctx: Context): Promise<Message | null> {
    return visibleOrNull(ctx, messageId);
  }

  @FieldResolver(() => Int, {
    description: "How many people have reported the message, this one included; 1 for everybody but administrators.",
  })
  async reportCount(@Root() { messageId }: MessageReport, @Ctx() ctx: Context): Promise<number> {
    return administers(ctx) ? ctx.load(reports.countsOf, messageId) : 1;
  }
}

@Resolver(() => ReportedMessage)
export class ReportedMessageResolver {
  @FieldResolver(() => File, {
    nullable: true,
    description: "What it carried; null where that was nothing, or is gone.",
  })
  async file(@Root() { fileId }: ReportedMessage, @Ctx() ctx: Context): Promise<File | null> {
    return fileId === null ? null : ctx.load(filesByIds, fileId);
  }
}
