import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import type { Connection } from "../kernel/pages.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { Message } from "./message.ts";
import { ReadReceipt, ReadReceiptPage, RECEIPTS_MEMBERS_MAXIMUM, receipts } from "./receipts.ts";

@Resolver(() => Message)
export class ReceiptsResolver {
  @FieldResolver(() => ReadReceiptPage.Connection, {
    description:
      "Which members have read it, its sender aside, in the order in which their accounts were made. For members: whoever reads " +
      `a room without being in it finds none, and neither has a conversation of more than ${RECEIPTS_MEMBERS_MAXIMUM.toLocaleString("en")} members any.`,
  })
  readReceipts(
    @Ctx() ctx: Context,
    @Root() message: Message,
    @Arg("first", () => Int, { nullable: true, description: "How many, 1-100; 20 where nothing is said." })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this list: only what comes after it." })
    after: string | null,
  ): Promise<Connection<ReadReceipt>> {
    return receipts(ctx, message, { first, after });
  }
}

@Resolver(() => ReadReceipt)
export class ReadReceiptResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Ctx() ctx: Context, @Root() receipt: ReadReceipt): Promise<User> {
    return ctx.load(users.byIds, receipt.userId);
  }
}
