import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { direct } from "./log/support/friends.ts";
import { forgive, group, look, parties, people, ringOut, signal, start, trySignal } from "./support/calls.ts";
import type { Person } from "./support/people.ts";
import { startServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let crowd: readonly Person[];
let ada: Person;
let bea: Person;
let conversation: string;
beforeAll(async () => {
  server = await startServer();
  crowd = await people(server, "ada", "bea", "cyd", "dan");
  [ada, bea] = crowd as [Person, Person];
  conversation = await direct(ada, bea);
});
beforeEach(() => forgive(server));
afterAll(() => server.stop());

const ACTIONS = ["ACCEPT", "DECLINE", "BUSY", "CANCEL", "HANG_UP", "OFFER"] as const;
type Action = (typeof ACTIONS)[number];

/** What comes of each action, in each state, of who calls and of who is called: the new state, or the refusal. */
const MATRIX = {
  RINGING: {
    caller: {
      ACCEPT: "RINGING",
      DECLINE: "CONFLICT",
      BUSY: "CONFLICT",
      CANCEL: "ENDED CANCELLED",
      HANG_UP: "ENDED CANCELLED",
      OFFER: "RINGING",
    },
    called: {
      ACCEPT: "ACTIVE",
      DECLINE: "ENDED DECLINED",
      BUSY: "ENDED BUSY",
      CANCEL: "FORBIDDEN",
      HANG_UP: "CONFLICT",
      OFFER: "CONFLICT",
    },
  },
  ACTIVE: {
    caller: {
      ACCEPT: "ACTIVE",
      DECLINE: "CONFLICT",
      BUSY: "CONFLICT",
      CANCEL: "CONFLICT",
      HANG_UP: "ENDED HUNG_UP",
      OFFER: "ACTIVE",
    },
    called: {
      ACCEPT: "ACTIVE",
      DECLINE: "CONFLICT",
      BUSY: "CONFLICT",
      CANCEL: "FORBIDDEN",
      HANG_UP: "ENDED HUNG_UP",
      OFFER: "ACTIVE",
    },
  },
  ENDED: {
    caller: {
      ACCEPT: "CONFLICT",
      DECLINE: "ENDED HUNG_UP",
      BUSY: "ENDED HUNG_UP",
      CANCEL: "ENDED HUNG_UP",
      HANG_UP: "ENDED HUNG_UP",
      OFFER: "CONFLICT",
    },
    called: {
      ACCEPT: "CONFLICT",
      DECLINE: "ENDED HUNG_UP",
      BUSY: "ENDED HUNG_UP",
      CANCEL: "FORBIDDEN",
      HANG_UP: "ENDED HUNG_UP",
      OFFER: "CONFLICT",
    },
  },
} as const satisfies Record<string, Record<"caller" | "called", Record<Action, string>>>;

/** How often the log tells of a call. */
async function notesOf(callId: string): Promise<number> {
  const { rows } = await server.services.database.pool.query<{ n: string }>(
    "select count(*) as n from messages where system -> 'call' ->> 'callId' = $1",
    [callId.replace("call_", "")],
  );
  return Number(rows[0]?.n);
}

const extra = (action: Action): { sdp?: string } => (action === "OFFER" ? { sdp: "v=0" } : {});

describe.each(Object.entries(MATRIX))("between two, a call that is %s", (state, sides) => {
  test.each(Object.entries(sides))("for who is %s", async (side, outcomes) => {
    const results: Record<string, string> = {};
    for (const action of ACTIONS) {
      await forgive(server);
      const call = await start(ada, conversation);
      if (state !== "RINGING") await signal(bea, call.id, "ACCEPT");
      if (state === "ENDED") await signal(bea, call.id, "HANG_UP");
      const { data, errors } = await trySignal(side === "caller" ? ada : bea, call.id, action, extra(action));
      const after = data?.signalCall.call ?? null;
      results[action] =
        after === null
          ? String(errors?.[0]?.extensions.code)
          : [after.state, after.endReason].filter((part) => part !== null).join(" ");
      const { state: now } = await look(ada, call.id);
      // A refusal changes nothing, and the log tells of the end once.
      expect(now, action).toBe(after?.state ?? state);
      expect(await notesOf(call.id), action).toBe(now === "ENDED" ? 1 : 0);
      await trySignal(ada, call.id, "HANG_UP");
    }
    expect(results).toEqual(outcomes);
  });
});

async function timePasses(callId: string): Promise<boolean> {
  await ringOut(server, callId);
  return false;
}

async function refusedTo(who: Person, callId: string, action: Action): Promise<boolean> {
  return (await trySignal(who, callId, action)).errors !== undefined;
}

/** A group's call as the rules have it: it lives while two are in it, or one is and it rings for somebody. */
class Model {
  readonly parties: string[];
  state = "RINGING";

  constructor(size: number) {
    this.parties = Array.from({ length: size }, (_, index) => (index === 0 ? "JOINED" : "RINGING"));
  }

  /** @returns whether it is possible */
  act(who: number, action: Action | "TIME"): boolean {
    const mine = this.parties[who];
    switch (action) {
      case "TIME":
        if (this.state !== "ENDED") this.#each("RINGING", "MISSED");
        break;
      case "ACCEPT":
        if (this.state === "ENDED") return false;
        this.parties[who] = "JOINED";
        break;
      case "DECLINE":
      case "BUSY": {
        const state = action === "DECLINE" ? "DECLINED" : "BUSY";
        if (this.state === "ENDED" || mine === state) return true;
        if (mine !== "RINGING") return false;
        this.parties[who] = state;
        break;
      }
      case "CANCEL":
        if (who !== 0 || this.state === "ACTIVE") return false;
        if (this.state === "RINGING") this.parties[who] = "LEFT";
        break;
      case "HANG_UP":
        if (this.state === "ENDED" || mine === "LEFT") return true;
        if (mine !== "JOINED") return false;
        this.parties[who] = "LEFT";
        break;
      case "OFFER":
        return false;
    }
    this.#settle();
    return true;
  }

  #settle(): void {
    if (this.state === "ENDED") return;
    const [joined, ringing] = [this.#count("JOINED"), this.#count("RINGING")];
    if (joined === 0 || (joined === 1 && ringing === 0)) {
      this.state = "ENDED";
      this.#each("JOINED", "LEFT");
      this.#each("RINGING", "MISSED");
    } else if (joined > 1) {
      this.state = "ACTIVE";
    }
  }

  #count(state: string): number {
    return this.parties.filter((party) => party === state).length;
  }

  #each(from: string, to: string): void {
    this.parties.forEach((party, index) => {
      if (party === from) this.parties[index] = to;
    });
  }
}

test("whatever people of a group do in whatever order, the call stands as the rules have it", async () => {
  const where = await group(ada, ...crowd.slice(1));
  const step = fc.record({
    who: fc.integer({ min: 0, max: crowd.length - 1 }),
    action: fc.constantFrom("ACCEPT", "ACCEPT", "DECLINE", "BUSY", "CANCEL", "HANG_UP", "HANG_UP", "TIME"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      await forgive(server);
      const model = new Model(crowd.length);
      const call = await start(ada, where);
      for (const { who, action } of steps as { who: number; action: Action | "TIME" }[]) {
        const possible = model.act(who, action);
        const refused =
          action === "TIME" ? await timePasses(call.id) : await refusedTo(crowd[who] as Person, call.id, action);
        expect(refused, `${action} of ${who}`).toBe(!possible);
        const now = await look(ada, call.id);
        expect({ state: now.state, parties: parties(now) }).toEqual({
          state: model.state,
          parties: model.parties.map((state, index) => `${["ada", "bea", "cyd", "dan"][index]} ${state}`).join(", "),
        });
      }
      for (const who of crowd) await trySignal(who, call.id, "HANG_UP");
      await ringOut(server, call.id);
      expect(await look(ada, call.id)).toMatchObject({ state: "ENDED" });
      expect(await notesOf(call.id)).toBe(1);
    }),
    { numRuns: 25 },
  );
});
