import type { ClassType } from "type-graphql";

import { connectionType } from "../kernel/pages.ts";
import { Conversation } from "./conversation.ts";
import { Member } from "./member.ts";

// An interface's class is abstract and never made: the type stands for the three that implement it.
/** ConversationConnection and ConversationEdge. */
export const ConversationPage = connectionType(Conversation as unknown as ClassType<Conversation>, "Conversation");

/** MemberConnection and MemberEdge. */
export const MemberPage = connectionType(Member, "Member");
