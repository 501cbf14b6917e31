import { randomBytes } from "node:crypto";

import { befriends, direct } from "../../../log/support/friends.ts";
import { globalRoom } from "../../../log/support/talk.ts";
import { type Person, type Where, person } from "../../../support/people.ts";
import { does, room } from "../../../support/rooms.ts";
import { rest } from "../rest.ts";

/** The conversations that more than one door sees. */
export const KINDS = ["the global room", "a public room", "a group", "a direct conversation"] as const;
export type Kind = (typeof KINDS)[number];

/** Two friends in a conversation: Ann is who does things, Bob who hears of them. */
export interface AcrossScene {
  readonly kind: Kind;
  readonly ann: Person;
  readonly bob: Person;
  /** Somebody who is in no conversation with them. */
  readonly herald: Person;
  /** conv_7 */
  readonly conversationId: string;
  /** 7, as django-chat has it. */
  readonly number: number;
  /** What online-chat calls it; null where it does not see it. */
  readonly slug: string | null;
  /** What all words of this scene begin with, so that others in the same room are not taken for them. */
  readonly tag: string;
}

export async function openAcross(server: Where, kind: Kind): Promise<AcrossScene> {
  const tag = `${randomBytes(4).toString("hex")} `;
  const named = (name: string): Promise<Person> => person(server, `${name}-${tag.trim()}`);
  const [ann, bob, herald] = [await named("ann"), await named("bob"), await named("herald")];
  await befriends(ann, bob);
  const conversationId = await conversationOf(kind, ann, bob, tag);
  const number = Number(conversationId.split("_")[1]);
  return { kind, ann, bob, herald, conversationId, number, slug: await slugOf(server, kind, ann, tag), tag };
}

async function conversationOf(kind: Kind, ann: Person, bob: Person, name: string): Promise<string> {
  switch (kind) {
    case "the global room":
      return globalRoom(ann);
    case "a public room": {
      const { id } = await room(ann, { name, visibility: "PUBLIC" });
      await does(bob, "joinRoom", { roomId: id });
      return id;
    }
    case "a group":
      return (await does(ann, "createGroup", { name, memberIds: [bob.id] })).group.id;
    case "a direct conversation":
      return direct(ann, bob);
  }
}

async function slugOf(server: Where, kind: Kind, ann: Person, tag: string): Promise<string | null> {
  if (kind === "the global room") return "global";
  if (kind !== "a public room") return null;
  const { body } = await rest(server, ann).get("/api/chat/rooms");
  return (body as { id: string; name: string }[]).find(({ name }) => name.trim() === tag.trim())?.id ?? null;
}
