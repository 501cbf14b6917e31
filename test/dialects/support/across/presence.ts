import { randomBytes } from "node:crypto";

import { expect } from "vitest";

import { befriends } from "../../../log/support/friends.ts";
import { login } from "../../../support/administration.ts";
import { type Person, person } from "../../../support/people.ts";
import { comesToBe, chooses, forgetHttp, numberOf } from "../../../support/presence.ts";
import { Herald, watching } from "../../../support/presence-ear.ts";
import { room } from "../../../support/rooms.ts";
import type { TestServer } from "../../../support/server.ts";
import { done, rest } from "../rest.ts";
import { roomSocket, userSocket } from "../socket.ts";

/** One way in which Ann comes to be shown otherwise. */
export interface Showing {
  readonly name: string;
  /** Whether she is here already, by something else. */
  readonly isHere: boolean;
  readonly shownAs: "ONLINE" | "AWAY";
  /** @returns what is to be closed in the end */
  show(server: TestServer, ann: Person, roomNumber: number): Promise<AsyncDisposable | void>;
}

export const SHOWINGS: readonly Showing[] = [
  { name: "GraphQL", isHere: true, shownAs: "AWAY", show: (server, ann) => chooses(ann.at(server), "AWAY") },
  {
    name: "chat8",
    isHere: true,
    shownAs: "AWAY",
    show: (server, ann) => done(rest(server, ann).put("/api/v1/user/status", { status: "away" })),
  },
  {
    name: "online-chat's heartbeat",
    isHere: false,
    shownAs: "ONLINE",
    show: (server, ann) => done(rest(server, ann).post("/api/chat/heartbeat")),
  },
  { name: "django-chat's socket", isHere: false, shownAs: "ONLINE", show: roomSocket },
  { name: "chat8's socket", isHere: false, shownAs: "ONLINE", show: (server, ann) => userSocket(server, ann) },
];

/** Ann is shown otherwise by one door, and her friend Bob is told once by every door that tells of friends. */
export async function showsOnce(shows: TestServer, hears: TestServer, showing: Showing): Promise<void> {
  const named = (name: string): Promise<Person> => person(shows, `${name}-${randomBytes(4).toString("hex")}`);
  const [ann, bob] = [await named("ann"), await named("bob")];
  const herald = await Herald.of(hears);
  await befriends(ann, bob);
  await befriends(herald.who.at(shows), bob);
  const { id } = await room(ann);
  await forgetHttp(shows, ann);

  await using opened = new AsyncDisposableStack();
  if (showing.isHere) {
    const client = ann.at(shows).ws();
    opened.defer(async () => client.dispose());
    await comesToBe(ann, bob.at(hears), "ONLINE");
  }
  const ear = await watching(bob.at(hears), herald, [ann]);
  opened.defer(() => ear.close());
  const socket = opened.use(await userSocket(hears, bob));
  const told = (whom: Person): string[] =>
    socket
      .of("user_status")
      .filter(({ data }) => data.user_id === numberOf(whom))
      .map(({ data }) => String(data.status).toUpperCase());
  const before = told(ann).length;

  // What was done by her first login is remembered, and would be no news.
  const { accessToken } = (await login(shows, ann.username, ann.password)).data.login;
  const closable = await showing.show(shows, ann.as(accessToken), numberOf({ id }));
  if (closable !== undefined && Symbol.asyncDispose in Object(closable)) opened.use(closable);
  await ear.hears(ann, showing.shownAs);
  await socket.hears("user_status", ({ data }) => data.user_id === numberOf(ann) && told(ann).length > before);
  // What the herald shows comes after whatever else was said of Ann.
  const sign = await herald.change();
  await socket.hears("user_status", () => told(herald.who).at(-1) === sign);
  const graphql = ear.ear.heard.filter((one) => one.id === ann.id).map(({ presence }) => presence.status);
  expect({ graphql, chat8: told(ann).slice(before) }).toEqual({ graphql: [showing.shownAs], chat8: [showing.shownAs] });
}
