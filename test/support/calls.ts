import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { expect } from "vitest";

import { callRingsOut } from "../../src/calls/call.jobs.ts";
import { Context } from "../../src/kernel/context.ts";
import { userTopic } from "../../src/realtime/events.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { type Ear, listen } from "../log/support/ear.ts";
import type { Data, GraphqlAnswer, Variables } from "./graphql-client.ts";
import { type Person, person } from "./people.ts";
import { does } from "./rooms.ts";
import type { TestServer } from "./server.ts";

export const CALL = `id state endReason media answeredAt startedBy { username } conversation { id }
  parties { state user { username } }`;

const START = `mutation ($input: StartCallInput!) { startCall(input: $input) { call { ${CALL} } } }`;
const SIGNAL = `mutation ($input: SignalCallInput!) { signalCall(input: $input) { call { ${CALL} } } }`;
const HEAR = `subscription ($deviceId: String) { callSignalled(deviceId: $deviceId) {
  kind callId endReason sdp candidate user { username } call { state }
} }`;

/** An event of callSignalled. */
export interface Heard {
  readonly kind: string;
  readonly callId: string;
  readonly endReason: string | null;
  readonly sdp: string | null;
  readonly candidate: string | null;
  readonly user: { readonly username: string } | null;
  readonly call: { readonly state: string } | null;
}

/** Calls, and answers with whatever comes. */
export const tryStart = (who: Person, conversationId: string, more: Variables = {}): Promise<GraphqlAnswer> =>
  who.graphql(START, { input: { conversationId, media: "VOICE", ...more } });

/** Calls, which must succeed. @returns the call */
export async function start(who: Person, conversationId: string, more: Variables = {}): Promise<Data> {
  const { data, errors } = await tryStart(who, conversationId, more);
  expect(errors).toBeUndefined();
  return data.startCall.call;
}

/** Does something in a call, and answers with whatever comes. */
export const trySignal = (who: Person, callId: string, action: string, more: Variables = {}): Promise<GraphqlAnswer> =>
  who.graphql(SIGNAL, { input: { callId, action, ...more } });

/** Does something in a call, which must succeed. @returns the call */
export async function signal(who: Person, callId: string, action: string, more: Variables = {}): Promise<Data> {
  const { data, errors } = await trySignal(who, callId, action, more);
  expect(errors, `${action} of ${who.username}`).toBeUndefined();
  return data.signalCall.call;
}

/** The call as somebody sees it; null where they do not. */
export async function look(who: Person, callId: string): Promise<Data> {
  const { data, errors } = await who.graphql(`query ($id: ID!) { call(id: $id) { ${CALL} } }`, { id: callId });
  expect(errors).toBeUndefined();
  return data.call;
}

/** The state of each party by name, in the order of their accounts: `ada JOINED, bea RINGING`. */
export const parties = (call: Data): string =>
  call.parties.map(({ state, user }: Data) => `${nameOf(user.username)} ${state}`).join(", ");

/** The ending that makes a name unique, left out. */
export const nameOf = (username: string): string => username.replace(/-[0-9a-f]{8}$/, "");

/** What was heard in short: `ACCEPTED bea`, `ENDED ada HUNG_UP`. */
export const inShort = ({ kind, user, endReason }: Heard): string =>
  [kind, user === null ? "-" : nameOf(user.username), endReason].filter((part) => part !== null).join(" ");

/** Somebody listens for calls; their connection can be cut. */
export interface CallEar extends Ear<Heard> {
  /** All that was heard so far, in short. */
  story(): string[];
  /** Waits for an event that reads so in short. */
  hears(short: string): Promise<Heard>;
  disconnect(): void;
}

const open: (() => unknown)[] = [];

/** Ends every connection that {@link listensForCalls} opened. */
export function hangUpAll(): void {
  for (const close of open.splice(0)) close();
}

/** Listens for somebody's calls with one of their devices, and resolves when that subscription stands. */
export async function listensForCalls(server: TestServer, who: Person, deviceId?: string): Promise<CallEar> {
  const client = who.at(server).ws();
  const disconnect = (): void => void client.dispose();
  open.push(disconnect);
  const ear = listen<Heard>(client, HEAR, deviceId === undefined ? {} : { deviceId });
  // What the bus would bring of a call that there never was.
  let pokes = 1_000_000_000;
  const poke = (): number => {
    pokes += 1;
    const event = { type: "call", callId: pokes, kind: "BUSY", userId: null };
    server.services.bus.publish(userTopic(rowId("user", who.id, "id")), event);
    return ear.heard.length;
  };
  await expect.poll(poke, { timeout: 20_000 }).toBeGreaterThan(0);
  await ear.until((heard) => heard.some(({ callId }) => callId === `call_${pokes}`));
  ear.forget();
  const real = (): Heard[] => ear.heard.filter(({ callId }) => !callId.startsWith("call_100000"));
  return {
    ...ear,
    heard: ear.heard,
    disconnect,
    story: () => real().map(inShort),
    async hears(short) {
      await ear.until(() => real().some((heard) => inShort(heard) === short));
      return real().find((heard) => inShort(heard) === short) as Heard;
    },
  };
}

/** People with names that nobody has. */
export async function people<Names extends readonly string[]>(
  server: TestServer,
  ...names: Names
): Promise<{ [Index in keyof Names]: Person }> {
  const made: Person[] = [];
  for (const name of names) made.push(await person(server, `${name}-${randomBytes(4).toString("hex")}`));
  return made as { [Index in keyof Names]: Person };
}

/** Takes people out of their calls: what one test leaves behind makes nobody busy in the next. */
export async function leaveAll(...everybody: readonly Person[]): Promise<void> {
  for (const who of everybody) {
    const { data } = await who.graphql("{ viewer { activeCalls { id } } }");
    for (const { id } of data.viewer.activeCalls) {
      await trySignal(who, id, "HANG_UP");
      await trySignal(who, id, "DECLINE");
    }
  }
}

/** Has a call ring out, at one node, as its job does after 45 seconds. */
export function ringOut({ services }: TestServer, callId: string): Promise<void> {
  const origin = { requestId: "ring", ip: "", userAgent: "" };
  const ctx = new Context(services, origin, pino({ level: "silent" }), null);
  return callRingsOut(ctx, { callId: rowId("call", callId, "callId") });
}

/** Lets the minute pass in which so many calls were started. */
export async function forgive({ services }: TestServer): Promise<void> {
  await services.database.pool.query("update calls set started_at = started_at - interval '2 minutes'");
}

/** A group of somebody's. */
export async function group(owner: Person, ...members: Person[]): Promise<string> {
  const { group: made } = await does(owner, "createGroup", { name: "Tea", memberIds: members.map(({ id }) => id) });
  return String(made.id);
}
