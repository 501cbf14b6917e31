import { randomBytes } from "node:crypto";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { DOORS } from "../../src/dialects/dialects.ts";
import type { Route } from "../../src/dialects/frame/route.ts";
import { befriends, direct as conversationWith } from "../log/support/friends.ts";
import { globalRoom, send as say } from "../log/support/talk.ts";
import { SEND } from "../support/friends.ts";
import type { Data } from "../support/graphql-client.ts";
import { settled } from "../support/notifications.ts";
import { type Person, person } from "../support/people.ts";
import { does, room as makeRoom } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type Hostile, requestsTo } from "./support/hostile-requests.ts";
import type { Known } from "./support/hostile-values.ts";
import { faultsIn } from "./support/refusals.ts";
import { type RestAnswer, request, rest } from "./support/rest.ts";

/** Requests to each route: {@link RUNS} times so many at once. */
const AT_ONCE = 12;
const RUNS = 6;

let server: TestServer;
let ann: Person;
let known: Known;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  known = await everythingKnown();
});
afterAll(() => server.stop());

const endpoints = DOORS.flatMap(({ DIALECT, ROUTES }) =>
  ROUTES.map((route) => [`${route.method} ${route.path}`, DIALECT.name, route] as const),
);

test.each(endpoints)(
  "whatever is sent to %s of %s, it does not fail, and says what it refuses",
  async (_, dialect, route) => {
    const requests = fc.array(requestsTo(route, known), { minLength: AT_ONCE, maxLength: AT_ONCE });
    const found = await fc.check(
      fc.asyncProperty(requests, async (all) => {
        const token = await tokenFor(route);
        const answers = await Promise.all(all.map((one) => send(one, token)));
        for (const [index, answer] of answers.entries()) {
          const faults = faultsIn(answer, dialect);
          if (faults.length > 0) throw new Error(`${inShort(all[index])}: ${faults.join("; ")}`);
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(inFew(found)).toBe("nothing");
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  },
);

/** Whoever logs out has no token any more: each time somebody else does. */
const tokenFor = async ({ path }: Route): Promise<string> =>
  (path.endsWith("/logout") ? await person(server, `guest-${randomBytes(4).toString("hex")}`) : ann).accessToken;

function send({ method, path, contentType, body }: Hostile, token: string): Promise<RestAnswer> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(contentType === undefined ? {} : { "content-type": contentType }),
  };
  return request(server, path, { method, headers, body: body ?? null });
}

/** Something of each kind, and its ids in every dialect's coat. */
async function everythingKnown(): Promise<Known> {
  const bob = await person(server, "bob");
  const hers = rest(server, ann);
  await befriends(ann, bob);
  const direct = await conversationWith(ann, bob);
  const { id: room } = await makeRoom(ann);
  const { group } = await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] });
  const conversations = [await globalRoom(ann), room, group.id, direct];
  const messages: string[] = [];
  for (const id of conversations)
    for (const who of [ann, bob]) {
      if (who === bob && id === room) await does(bob, "joinRoom", { roomId: id });
      messages.push((await say(who, id, "a word")).id);
    }
  await settled(server);
  const eve = await person(server, "eve");
  await eve.graphql(SEND, { input: { userId: ann.id } });
  const coats = async (path: string): Promise<string[]> => {
    const { status, body } = await hers.get(path);
    return status === 200 ? body.map(({ id }: Data) => id) : [];
  };
  const numbers = (ids: readonly string[]): number[] => ids.map((id) => Number(id.split("_")[1]));
  const users = numbers([ann.id, bob.id, eve.id]);
  const rooms = [...numbers(conversations), ...(await coats("/api/chat/rooms"))];
  const said = [...numbers(messages), ...(await coats("/api/chat/messages"))];
  return {
    ...Object.fromEntries(["user_id", "friend_id", "receiver_id"].map((name) => [name, users])),
    ...Object.fromEntries(["message_id", "reply_to", "before"].map((name) => [name, said])),
    room_id: rooms,
    request_id: [1, 2],
    notification_id: [1, 2, 3],
    username: ["ann", "somebody-new", "tea"],
    email: ["somebody@new.test", "ann@people.test"],
    ...Object.fromEntries(
      ["password", "current_password", "new_password", "confirm_password"].map((name) => [
        name,
        ["not ann's password"],
      ]),
    ),
  };
}

/** Characters of a request that are told of it. */
const TOLD = 600;

/** A request as one reads it: a form as its parts. */
function inShort(one: Hostile | undefined): string {
  const { body } = one ?? {};
  const parts =
    body instanceof FormData
      ? [...body].map(([name, value]) => [name, value instanceof File ? fileOf(value) : value])
      : body;
  const text = JSON.stringify({ ...one, body: parts });
  return text.length > TOLD ? `${text.slice(0, TOLD)}… (${text.length} characters)` : text;
}

const fileOf = ({ name, type, size }: File): object => ({ name, type, size });

/** What was found; by seed and path the requests are found again, however long they are. */
const inFew = ({ failed, seed, counterexamplePath, errorInstance }: fc.RunDetails<[Hostile[]]>): string =>
  failed ? `${String(errorInstance)} (seed: ${seed}, path: "${counterexamplePath ?? ""}")` : "nothing";
