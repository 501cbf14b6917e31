import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";

import { type Follower, followsAdded, followsLog } from "./support/follower.ts";
import { type InFlight, network } from "./support/network.ts";
import { type Said, history, reads, says, send } from "./support/talk.ts";
import { type TwoNodes, startTwoNodes } from "./support/two-nodes.ts";
import { type Person, type Where, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";

/** What can happen; `who` and `what` choose among those that are there. */
type Step =
  | { readonly do: "send" | "edit" | "delete" | "react" | "unreact"; readonly who: number; readonly what: number }
  | {
      readonly do: "deliver" | "lose" | "double" | "look" | "drop" | "return";
      readonly who: number;
      readonly what: number;
    };

const steps = fc.array(
  fc.record({
    do: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step["do"]>("send") },
      { weight: 4, arbitrary: fc.constantFrom<Step["do"]>("edit", "react") },
      { weight: 2, arbitrary: fc.constantFrom<Step["do"]>("delete", "unreact") },
      { weight: 8, arbitrary: fc.constant<Step["do"]>("deliver") },
      { weight: 3, arbitrary: fc.constantFrom<Step["do"]>("lose", "double") },
      { weight: 3, arbitrary: fc.constantFrom<Step["do"]>("look", "drop", "return") },
    ),
    who: fc.nat({ max: 3 }),
    what: fc.nat({ max: 1_000 }),
  }),
  { minLength: 10, maxLength: 60 },
) as fc.Arbitrary<Step[]>;

let nodes: TwoNodes;
let people: Person[];
let inFlight: InFlight[] = [];

beforeAll(async () => {
  nodes = await startTwoNodes();
  network([nodes.here, nodes.there], (event) => inFlight.push(event));
  people = await Promise.all([0, 1, 2, 3].map((n) => person([nodes.here, nodes.there][n % 2] as Where, `person-${n}`)));
});
afterAll(() => nodes[Symbol.asyncDispose]());

async function play(script: readonly Step[]): Promise<void> {
  const [ann] = people as [Person];
  const where = [nodes.here, nodes.there] as const;
  const { id } = await room(ann);
  for (const other of people.slice(1)) await does(other, "joinRoom", { roomId: id });
  inFlight = [];
  const own = people.map((): Said[] => []);
  const page = await reads(ann, id, { last: 100 });
  const followers = people.map((who, n) => (n < 2 ? followsLog(who, page) : followsAdded(who, page)));
  for (const [n, follower] of followers.entries()) follower.comeBack(where[n % 2] as Where);
  const writing: Promise<unknown>[] = [];
  for (const [n, step] of script.entries()) {
    const [who, ownMessages, follower] = [people[step.who], own[step.who], followers[step.who]] as [
      Person,
      Said[],
      Follower,
    ];
    const target = ownMessages[step.what % Math.max(ownMessages.length, 1)];
    const place = step.what % Math.max(inFlight.length, 1);
    switch (step.do) {
      case "send":
        // Some are not waited for: they are written while other things happen.
        writing.push(send(who, id, `message ${n}`).then((message) => ownMessages.push(message)));
        if (step.what % 3 !== 0) await writing.at(-1);
        break;
      case "edit":
        if (target !== undefined) await says(who, "editMessage", { messageId: target.id, content: `edit ${n}` });
        break;
      case "delete":
        if (target !== undefined) {
          ownMessages.splice(ownMessages.indexOf(target), 1);
          await says(who, "deleteMessage", { messageId: target.id });
        }
        break;
      case "react":
      case "unreact": {
        const verb = step.do === "react" ? "addReaction" : "removeReaction";
        if (target !== undefined) await says(who, verb, { messageId: target.id, emoji: "👍" });
        break;
      }
      case "deliver":
        inFlight.splice(place, 1)[0]?.arrive();
        break;
      case "lose":
        inFlight.splice(place, 1);
        break;
      case "double":
        inFlight[place]?.arrive();
        break;
      case "look":
        await where[step.what % 2]?.services.hub.check();
        break;
      case "drop":
        await follower.drop();
        break;
      case "return":
        follower.comeBack(where[step.what % 2] as Where);
        break;
    }
  }
  await Promise.all(writing);
  for (const follower of followers) follower.comeBack(nodes.there);
  await send(ann, id, "the end");
  const all = await history(ann, id);
  await Promise.all(where.map(({ services }) => services.hub.check()));
  for (const follower of followers) {
    await follower.comesToHave(all);
    await follower.drop();
  }
}

test(
  "whatever is written, lost, doubled, late or cut off, in the end everybody has what is there, once",
  { timeout: 120_000 },
  async () => {
    // What fails is told with the seed and the path that bring it back: fc.assert(…, { seed, path }).
    await fc.assert(fc.asyncProperty(steps, play), {
      numRuns: 60,
      endOnFailure: true,
      plugins: [fc.timeout(10_000), fc.interruptAfterTimeLimit(20_000)],
    });
  },
);
