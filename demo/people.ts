import { CAST, PASSWORD, type Role } from "./cast.ts";
import { ask, Refusal, upload } from "./server.ts";

/** Somebody of the cast who is logged in. */
export interface Person extends Role {
  readonly id: string;
  do<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  /** Sends a picture in the operation's variable `file`. */
  upload<Data>(query: string, picture: Buffer): Promise<Data>;
}

interface Auth {
  readonly auth: { readonly accessToken: string; readonly user: { readonly id: string } };
}

const AUTH = "{ accessToken user { id } }";
const REGISTER = `mutation ($input: RegisterInput!) { auth: register(input: $input) ${AUTH} }`;
const LOG_IN = `mutation ($input: LoginInput!) { auth: login(input: $input) ${AUTH} }`;

/** Logs somebody in, who is registered if need be. @returns whether they are new beside who they are */
export async function arrive(url: string, role: Role): Promise<{ person: Person; isNew: boolean }> {
  const { auth, isNew } = await logIn(url, role);
  const person: Person = {
    ...role,
    id: auth.user.id,
    do: (query, variables = {}) => ask(url, query, variables, auth.accessToken),
    upload: (query, picture) => upload(url, query, picture, auth.accessToken),
  };
  return { person, isNew };
}

async function logIn(url: string, { username, displayName }: Role): Promise<Auth & { isNew: boolean }> {
  try {
    return { ...(await ask<Auth>(url, LOG_IN, { input: { username, password: PASSWORD } })), isNew: false };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "UNAUTHENTICATED") throw error;
  }
  try {
    const input = { username, displayName, password: PASSWORD };
    return { ...(await ask<Auth>(url, REGISTER, { input })), isNew: true };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "CONFLICT") throw error;
    throw new Error(`"${username}" is somebody else on this server: the demo cannot be played here.`, { cause: error });
  }
}

/** Two people, of whom the first asks the second; `message` is said with it. */
export interface Acquaintance {
  readonly from: Role;
  readonly to: Role;
  readonly isAnswered: boolean;
  readonly message: string | null;
}

const GREETINGS = [
  "认识一下？",
  "Hi! We met at the book club.",
  "我是隔壁组的",
  "Friends?",
  "一起打球吗？",
  "Hello from the third floor",
];
const DISTANCES = { friends: [1, 2, 5], waiting: [9] };

/** Everybody is friends with some neighbours in the list, and some wait for an answer. */
export const ACQUAINTANCES: readonly Acquaintance[] = CAST.flatMap((from, index) => {
  const at = (distance: number, isAnswered: boolean): Acquaintance => ({
    from,
    to: CAST[(index + distance) % CAST.length] as Role,
    isAnswered,
    message: GREETINGS[(index + distance) % GREETINGS.length] ?? null,
  });
  const friends = DISTANCES.friends.map((distance) => at(distance, true));
  return index % 3 === 0 ? [...friends, ...DISTANCES.waiting.map((distance) => at(distance, false))] : friends;
});

const STANDING = "query ($id: ID!) { user(id: $id) { friendship } }";
const BEFRIEND =
  "mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { friendRequest { id } } }";

/** Makes two people friends, or leaves it at the question. @returns whether anything was to be done */
export async function acquaint(from: Person, to: Person, { isAnswered, message }: Acquaintance): Promise<boolean> {
  const { user } = await from.do<{ user: { friendship: string } }>(STANDING, { id: to.id });
  if (user.friendship === "NONE") await from.do(BEFRIEND, { input: { userId: to.id, message } });
  else if (user.friendship !== "REQUEST_SENT" || !isAnswered) return false;
  // Asking somebody who has asked is a yes.
  if (isAnswered) await to.do(BEFRIEND, { input: { userId: from.id } });
  return true;
}
