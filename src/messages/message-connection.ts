import { connectionType } from "../kernel/pages.ts";
import { Message } from "./message.ts";

/** MessageEdge and MessageConnection of the schema. */
export const { Edge: MessageEdge, Connection: MessageConnection } = connectionType(Message, "Message");
