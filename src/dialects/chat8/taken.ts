import type { TSchema } from "typebox";

import type { Route } from "../frame/route.ts";
import type { WireNames } from "../frame/wording.ts";

/** How this dialect's clients call the arguments of the services: the first that the request has is meant. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  userId: ["receiver_id", "to_user_id", "friend_id", "user_id"],
  // What loads a person by their number calls it so.
  id: ["friend_id", "user_id"],
  conversationId: ["receiver_id", "to_user_id", "friend_id"],
  messageId: ["message_id"],
  friendRequestId: ["request_id"],
  callId: ["call_id"],
  // A file is sent by its address, which stands in the content.
  fileId: ["content"],
  type: ["message_type"],
  avatarUrl: ["avatar"],
  currentPassword: ["current_password"],
  newPassword: ["new_password"],
  publicKey: ["public_key", "user_id"],
  encryptedPrivateKey: ["private_key_encrypted"],
  search: ["q"],
};

/** What a client may say in a request: what its path is made of, and the members of its body or frame. */
export interface Taken {
  readonly path: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  /** The route's own names of refusals, by the code of the failure, or by code and argument as the services call it. */
  readonly names: Readonly<Record<string, string>>;
}

const NOTHING_TAKEN: Taken = { path: new Set(), members: new Set(), query: new Set(), names: {} };

/** What a request by this route may say; null where it fits none. */
export function takenBy(route: Route | null): Taken {
  if (route === null) return NOTHING_TAKEN;
  const members = propertiesOf(route.body);
  if (route.takes === "file") members.add("file");
  const { names = {} } = route;
  return { path: propertiesOf(route.params), members, query: propertiesOf(route.query), names };
}

/** How the client calls the arguments of the services in such a request. */
export function wireNames({ path, members, query }: Taken): WireNames {
  const names = Object.entries(ARGUMENTS).flatMap(([argument, candidates]) => {
    const name = candidates.find((one) => members.has(one) || path.has(one) || query.has(one));
    return name === undefined ? [] : [[argument, name] as const];
  });
  return Object.fromEntries(names);
}

const propertiesOf = (schema: TSchema | undefined): Set<string> =>
  new Set(Object.keys(schema === undefined ? {} : ((schema as { properties?: object }).properties ?? {})));
