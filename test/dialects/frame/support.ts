import { does, type Voice } from "../../support/rooms.ts";
import { numberOf } from "../../support/presence.ts";

/** The number of a public room, for django-chat's socket: the simplest one that the frame serves. */
export async function roomOf(owner: Voice): Promise<number> {
  const { room } = await does(owner, "createRoom", { name: "Tea" });
  return numberOf(room);
}

export const message = (content: string): object => ({ type: "chat_message", content });

/** Whether a frame says this. */
export const saying =
  (content: string) =>
  (frame: { message: { content: string } }): boolean =>
    frame.message.content === content;
