import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as forwarding from "./forward.service.ts";
import { Message } from "./message.ts";

@InputType({ description: "What forwardMessages takes." })
class ForwardMessagesInput {
  @Field(() => [ID], {
    description: `What to repeat, in this order: 1-${forwarding.FORWARDED_MESSAGES_MAXIMUM} messages that the viewer sees.`,
  })
  messageIds!: string[];

  @Field(() => [ID], {
    description:
      `Where: 1-${forwarding.FORWARD_TARGETS_MAXIMUM} conversations. Messages times conversations is at most ` +
      `${forwarding.FORWARD_COPIES_MAXIMUM}.`,
  })
  conversationIds!: string[];

  @Field(() => String, {
    nullable: true,
    description:
      `The viewer's own name for the call, 1-${forwarding.FORWARD_ID_MAXIMUM} characters, unique for good: the same call again ` +
      "writes what was not written yet and nothing twice. Each message bears it with a number behind it: `name:0`.",
  })
  clientMessageId?: string | null;
}

@ObjectType({ description: "What forwardMessages wrote." })
class ForwardMessagesPayload {
  @Field(() => [Message], {
    description:
      "The new messages: those of the first conversation in the order of messageIds, then those of the next.",
  })
  messages!: Message[];
}

@Resolver()
export class ForwardResolver {
  @Mutation(() => ForwardMessagesPayload, {
    description:
      "Repeats messages in other conversations. All is checked before anything is written; a refusal names the id at fault, as " +
      "in `messageIds[2]`. What was deleted or recalled, is encrypted or of the type SYSTEM is FORBIDDEN.",
  })
  async forwardMessages(
    @Ctx() ctx: Context,
    @Arg("input", () => ForwardMessagesInput, { description: "What, and where." }) input: ForwardMessagesInput,
  ): Promise<ForwardMessagesPayload> {
    const { FORWARDED_MESSAGES_MAXIMUM: sources, FORWARD_TARGETS_MAXIMUM: targets } = forwarding;
    // One past the bound is enough to be refused.
    const messageIds = input.messageIds
      .slice(0, sources + 1)
      .map((id, place) => rowId("message", id, `messageIds[${place}]`));
    const conversationIds = input.conversationIds
      .slice(0, targets + 1)
      .map((id, place) => rowId("conversation", id, `conversationIds[${place}]`));
    const { clientMessageId } = input;
    return {
      messages: await forwarding.forward(ctx, {
        messageIds,
        conversationIds,
        clientMessageId: clientMessageId ?? null,
      }),
    };
  }
}
