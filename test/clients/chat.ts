import type { TypedDocumentNode } from "@graphql-typed-document-node/core";

import * as talk from "../generated/graphql.ts";
import { type Command, type Line, obey, type Place, print, shown } from "./keyboard.ts";

/** Runs a query or mutation, always at the server; whatever that refuses is thrown. */
type Run = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: NoInfer<Variables>,
) => Promise<Data>;

/** What a chat program needs of a GraphQL library. */
export interface Library {
  readonly query: Run;
  readonly mutate: Run;
  logIn(accessToken: string): void;
  /** Shows a conversation and everything that is said in it from now on. */
  enter(place: Place, id: string): Promise<void>;
  /** The messages on the screen. */
  screen(place: Place): Iterable<talk.MessagePartsFragment>;
  close(): Promise<void>;
}

type Done = Omit<Line & { says: "done" }, "says">;

/** Registers somebody, and then does what they type. */
export async function chat(library: Library, username: string): Promise<void> {
  const input = { username, password: `${username} likes tea` };
  const { accessToken } = (await library.mutate(talk.RegisterDocument, { input })).register;
  library.logIn(accessToken);
  print({ says: "registered", accessToken });
  const places = new Map<Place, string>();

  const enter = async (place: Place, id: string): Promise<Done> => {
    places.set(place, id);
    await library.enter(place, id);
    return { id };
  };

  const idOf = async (name: string): Promise<string> => {
    const { user } = await library.query(talk.PersonDocument, { username: name });
    if (user == null) throw new Error(`There is no ${name}.`);
    return user.id;
  };

  await obey(async (command: Command): Promise<Done> => {
    switch (command.do) {
      case "befriend": {
        const asked = { userId: await idOf(command.username), message: "Shall we talk?" };
        const { sendFriendRequest } = await library.mutate(talk.SendFriendRequestDocument, { input: asked });
        return { status: sendFriendRequest.friendRequest.status };
      }
      case "accept": {
        const { viewer } = await library.query(talk.FriendRequestsDocument, {});
        const answer = { friendRequestId: viewer?.friendRequests.nodes[0]?.id ?? "", accept: true };
        const { respondToFriendRequest } = await library.mutate(talk.RespondToFriendRequestDocument, { input: answer });
        return { status: respondToFriendRequest.friendRequest.status };
      }
      case "found": {
        const { createRoom } = await library.mutate(talk.CreateRoomDocument, {
          input: { name: "Tea", slug: command.slug },
        });
        return enter("room", createRoom.room.id);
      }
      case "join": {
        const { room } = await library.query(talk.RoomDocument, { slug: command.slug });
        await library.mutate(talk.JoinRoomDocument, { input: { roomId: room?.id ?? "" } });
        return enter("room", room?.id ?? "");
      }
      case "open": {
        const other = { userId: await idOf(command.username) };
        const { openDirectConversation } = await library.mutate(talk.OpenDirectConversationDocument, { input: other });
        return enter("direct", openDirectConversation.conversation.id);
      }
      case "say": {
        const message = { conversationId: places.get(command.in) ?? "", content: command.text };
        return { id: (await library.mutate(talk.SendMessageDocument, { input: message })).sendMessage.message.id };
      }
      case "edit": {
        const change = { messageId: command.id, content: command.text };
        return { id: (await library.mutate(talk.EditMessageDocument, { input: change })).editMessage.message.id };
      }
      case "delete": {
        const { deleteMessage } = await library.mutate(talk.DeleteMessageDocument, {
          input: { messageId: command.id },
        });
        return { id: deleteMessage.message.id };
      }
      case "show":
        return { shown: [...library.screen(command.in)].map(shown) };
    }
  });
  await library.close();
}
