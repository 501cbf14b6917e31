import { history } from "../../../log/support/talk.ts";
import type { Data } from "../../../support/graphql-client.ts";
import type { Where } from "../../../support/people.ts";
import { numberOf } from "../../../support/presence.ts";
import { done, rest } from "../rest.ts";
import type { AcrossScene, Kind } from "./scene.ts";

/** The history of a conversation as Bob reads it by one door, the oldest first. */
export interface HistoryDoor {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** Whether what was deleted stands there still, without its words. */
  readonly showsDeleted: boolean;
  /** The words of what is shown; `-` for what was deleted. */
  read(server: Where, scene: AcrossScene): Promise<string[]>;
}

const ROOMS: readonly Kind[] = ["the global room", "a public room"];
const contents = (messages: Data[]): string[] => messages.map(({ content }) => content);

export const HISTORIES: readonly HistoryDoor[] = [
  {
    name: "GraphQL",
    kinds: [...ROOMS, "a group", "a direct conversation"],
    showsDeleted: true,
    read: async (server, { bob, conversationId }) =>
      (await history(bob.at(server), conversationId)).map(({ content, isDeleted }) => (isDeleted ? "-" : content)),
  },
  {
    name: "online-chat",
    kinds: ROOMS,
    showsDeleted: false,
    read: async (server, { bob, slug }) =>
      contents(await done(rest(server, bob).get(`/api/chat/messages?room_id=${slug}&limit=100`))),
  },
  {
    name: "django-chat",
    kinds: [...ROOMS, "a group"],
    showsDeleted: true,
    async read(server, { bob, number }) {
      const { messages } = await done(rest(server, bob).get(`/api/chat/rooms/${number}/messages/?page_size=100`));
      return contents(messages).map((content) => (content === "[消息已删除]" ? "-" : content));
    },
  },
  {
    name: "chat8",
    kinds: ["a direct conversation"],
    showsDeleted: false,
    read: async (server, { ann, bob }) =>
      contents((await done(rest(server, bob).get(`/api/v1/messages/${numberOf(ann)}?limit=100`))).data.messages),
  },
];
