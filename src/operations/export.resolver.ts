import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { reachable } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { Viewer } from "../users/viewer.ts";
import { urlOf } from "./export-file.ts";
import * as exports from "./export.service.ts";
import { Export } from "./export.ts";

const COMPRESS = { nullable: true, description: "Whether to compress the file with gzip; true where it is not given." };

@InputType({ description: "How the viewer wants their data." })
class ExportMyDataInput {
  @Field(() => Boolean, COMPRESS)
  compress?: boolean | null;
}

@InputType({ description: "Whose data an administrator wants, and how." })
class ExportUserDataInput {
  @Field(() => ID, { description: "The account: user_1." })
  userId!: string;

  @Field(() => Boolean, COMPRESS)
  compress?: boolean | null;
}

@InputType({ description: "Which conversation somebody wants, and how." })
class ExportConversationInput {
  @Field(() => ID, { description: "The conversation: conv_1." })
  conversationId!: string;

  @Field(() => Boolean, COMPRESS)
  compress?: boolean | null;
}

@ObjectType({
  description: "The export that was asked for. It is written by a job; exportChanged tells when it is done.",
})
class ExportPayload {
  @Field(() => Export, { description: "The export, PENDING." })
  export!: Export;
}

/** The export that a live event is about. */
class ExportChange {
  constructor(readonly exportId: number) {}
}

@Resolver(() => Export)
export class ExportResolver {
  @Mutation(() => ExportPayload, {
    description:
      "Asks for everything that the server holds of the viewer, as JSON Lines. One export at a time, ten a day.",
  })
  async exportMyData(
    @Arg("input", () => ExportMyDataInput, { description: "How." }) { compress }: ExportMyDataInput,
    @Ctx() ctx: Context,
  ): Promise<ExportPayload> {
    return { export: await exports.exportMyData(ctx, compress ?? true) };
  }

  @Mutation(() => ExportPayload, {
    description: "Asks for everything that the server holds of an account. For administrators.",
  })
  async exportUserData(
    @Arg("input", () => ExportUserDataInput, { description: "Whose, and how." }) input: ExportUserDataInput,
    @Ctx() ctx: Context,
  ): Promise<ExportPayload> {
    return { export: await exports.exportUserData(ctx, rowId("user", input.userId, "userId"), input.compress ?? true) };
  }

  @Mutation(() => ExportPayload, {
    description:
      "Asks for a conversation with its members and messages. For its owner; in rooms also for administrators; a direct " +
      "conversation for either of the two.",
  })
  async exportConversation(
    @Arg("input", () => ExportConversationInput, { description: "Which, and how." }) input: ExportConversationInput,
    @Ctx() ctx: Context,
  ): Promise<ExportPayload> {
    const id = rowId("conversation", input.conversationId, "conversationId");
    return { export: await exports.exportConversation(ctx, id, input.compress ?? true) };
  }

  @Query(() => Export, { nullable: true, description: "An export that the viewer asked for; any other is NOT_FOUND." })
  async export(
    @Arg("id", () => ID, { description: "A global id: export_1." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Export> {
    return own(ctx, rowId("export", id, "id"));
  }

  @Subscription(() => Export, {
    description: "An export that the viewer asked for is READY, or FAILED.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "export" ? new ExportChange(told.exportId) : null;
          },
        },
      ),
  })
  exportChanged(@Root() { exportId }: ExportChange, @Ctx() ctx: Context): Promise<Export> {
    return own(ctx, exportId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Where the file is downloaded, without a token: keep it to yourself. Null unless it is READY.",
  })
  url(@Root() asked: Export, @Ctx() ctx: Context): string | null {
    return urlOf(ctx.services.files.publicUrl, asked);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Bytes of the file; null before it is READY." })
  size(@Root() { size }: Export): number | null {
    return size;
  }

  @FieldResolver(() => User, { nullable: true, description: "Whose data it is; null of a conversation." })
  user(@Root() { userId }: Export, @Ctx() ctx: Context): Promise<User | null> | null {
    return userId === null ? null : ctx.load(users.byIdsOrNull, userId);
  }

  @FieldResolver(() => Conversation, {
    nullable: true,
    description: "What it is of; null of an account, and once the viewer sees the conversation no more.",
  })
  conversation(@Root() { conversationId }: Export, @Ctx() ctx: Context): Promise<Conversation | null> | null {
    return conversationId === null ? null : ctx.load(reachable, conversationId);
  }
}

@Resolver(() => Viewer)
export class ViewerExportsResolver {
  @FieldResolver(() => exports.ExportPage.Connection, { description: "What the viewer asked for, the latest first." })
  exports(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<Export>> {
    return exports.list(ctx, page);
  }
}

async function own(ctx: Context, id: number): Promise<Export> {
  const asked = await ctx.load(exports.ownByIds, id);
  if (asked === null) throw notFound("id", "export");
  return asked;
}
