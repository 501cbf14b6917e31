/** Fills a running server with people, conversations and what they say: `npm run demo -- --url http://localhost:8000`. */
import { parseArgs } from "node:util";

import { Presets, SingleBar } from "cli-progress";

import { CAST, PASSWORD, type Role } from "./cast.ts";
import { CALLED, FURNISHED, call, furnish, portray } from "./furnishing.ts";
import { open } from "./opening.ts";
import { ACQUAINTANCES, acquaint, arrive, type Person } from "./people.ts";
import { PLACES, type Place } from "./places.ts";
import { together } from "./server.ts";
import { talk } from "./talking.ts";

/** Requests under way at a time. */
const AT_ONCE = 24;
/** Uploads under way at a time: the server looks at each picture, which takes it longer than a message. */
const UPLOADS_AT_ONCE = 3;

const USAGE = `npm run demo -- [options]
  --url URL   the running server; http://localhost:8000 where nothing is said
  --help      says this`;

/** Where to, or null where the answer is {@link USAGE}. */
function targetOf(): string | null {
  const { values } = parseArgs({
    options: { url: { type: "string", default: "http://localhost:8000" }, help: { type: "boolean", default: false } },
  });
  return values.help ? null : values.url;
}

async function fill(url: string): Promise<void> {
  const spoken = PLACES.reduce((sum, { length }) => sum + length, 0);
  const messages = spoken + FURNISHED.length;
  const bar = new SingleBar({ format: "{bar} {value}/{total} {stage}", hideCursor: true }, Presets.shades_classic);
  let fresh = 0;
  const done =
    (stage: string) =>
    (isNew: boolean): void => {
      if (isNew) fresh += 1;
      bar.increment(1, { stage });
    };
  const extras = CAST.length + CALLED.length;
  bar.start(CAST.length + ACQUAINTANCES.length + PLACES.length + messages + extras, 0, { stage: "" });
  try {
    const everybody = new Map<string, Person>();
    const arrived = done("people");
    await together(CAST, AT_ONCE, async (role) => {
      const { person, isNew } = await arrive(url, role);
      everybody.set(role.username, person);
      arrived(isNew);
    });
    const acquainted = done("friends");
    await together(ACQUAINTANCES, AT_ONCE, async (pair) => {
      const [from, to] = [pair.from, pair.to].map(({ username }) => everybody.get(username)) as [Person, Person];
      acquainted(await acquaint(from, to, pair));
    });
    const somebody = ({ username }: Role): Person => everybody.get(username) as Person;
    const portrayed = done("portraits");
    await together(CAST, UPLOADS_AT_ONCE, async (role) => portrayed(await portray(somebody(role))));
    const ids = await together(PLACES, AT_ONCE, async (place) => {
      const id = await open(place, everybody);
      bar.increment(1, { stage: "conversations" });
      return id;
    });
    const said = done("messages");
    await together([...PLACES.entries()], AT_ONCE, ([index, place]) => talk(place, ids[index] ?? "", everybody, said));
    const twoOf = (place: Place) => place.people.slice(0, 2).map(somebody) as [Person, Person];
    const idOf = new Map(PLACES.map((place, index) => [place, ids[index] ?? ""]));
    const furnished = done("pictures");
    await together(FURNISHED, UPLOADS_AT_ONCE, async (place) =>
      furnished(await furnish(place, idOf.get(place) ?? "", ...twoOf(place))),
    );
    const called = done("calls");
    await together(CALLED, AT_ONCE, async (place) => called(await call(idOf.get(place) ?? "", ...twoOf(place))));
  } finally {
    bar.stop();
  }
  console.log(
    fresh === 0 ? "It was all there already." : `There are ${CAST.length} people and ${messages} messages now.`,
  );
}

const closing = (url: string): string => `
Log in as any of ${CAST.slice(0, 4)
  .map(({ username }) => username)
  .join(", ")} …: everybody's password is ${PASSWORD}

In GraphiQL, ${new URL("/graphql", url).href}:

mutation { login(input: { username: "alice", password: "${PASSWORD}" }) { accessToken } }

query {
  viewer {
    unreadMessageCount
    conversations(first: 20) { nodes { id kind title unreadCount lastMessage { content sender { displayName } } } }
  }
}`;

try {
  const url = targetOf();
  if (url !== null) await fill(url);
  console.log(url === null ? USAGE : closing(url));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
