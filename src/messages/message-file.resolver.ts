import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import { File } from "../files/file.ts";
import { byIds } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import { Message } from "./message.ts";

@Resolver(() => Message)
export class MessageFileResolver {
  @FieldResolver(() => File, {
    nullable: true,
    description:
      "What an IMAGE, FILE, AUDIO or VIDEO message carries; null once its owner has deleted it, and once the message is " +
      "deleted or recalled.",
  })
  async file(@Ctx() ctx: Context, @Root() message: Message): Promise<File | null> {
    return message.fileId === null ? null : ctx.load(byIds, message.fileId);
  }
}
