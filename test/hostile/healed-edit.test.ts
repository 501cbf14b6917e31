import { expect, test } from "vitest";

import { listen, live } from "../log/support/ear.ts";
import { EVENTS, type LogEvent, inShort } from "../log/support/events.ts";
import { type InFlight, network } from "../log/support/network.ts";
import { says, send } from "../log/support/talk.ts";
import { startTwoNodes } from "../log/support/two-nodes.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { gate } from "./support/gate.ts";

test("a reader at a node that missed events is not shown what a message was changed to once the room was private", async () => {
  await using nodes = await startTwoNodes();
  const inFlight: InFlight[] = [];
  network([nodes.here, nodes.there], (event) => inFlight.push(event));
  const ann = await person(nodes.here, "ann");
  const bob = await person(nodes.there, "bob");
  const eve = await person(nodes.there, "eve");
  const [{ id: tea }, { id: elsewhere }] = [await room(ann), await room(eve)];
  const client = eve.ws();
  const reading = listen<LogEvent>(client, EVENTS, { id: tea });
  const beside = listen<LogEvent>(client, EVENTS, { id: elsewhere });
  await live(
    [beside],
    () => send(eve, elsewhere, "poke"),
    (event, poked) => inShort(event) === `+${poked.seq} poke`,
  );
  const { hub } = nodes.there.services;
  await does(bob, "joinRoom", { roomId: tea });
  await live(
    [reading],
    () => send(bob, tea, "poke"),
    (event, poked) => inShort(event) === `+${poked.seq} poke`,
  );
  // Nothing arrives by itself: what is written now is read from the log, when the node looks where it stands.
  using asked = gate(hub.source, "audienceAmong", "before");
  const message = await send(ann, tea, "harmless");
  await does(ann, "updateConversation", { conversationId: tea, visibility: "PRIVATE" });
  await says(ann, "editMessage", { messageId: message.id, content: "secret" });
  await hub.check([rowId("conversation", tea, "conversationId")]);
  await asked.calls(1);
  for (const sign of ["sign", "one more"]) {
    const { seq } = await send(eve, elsewhere, sign);
    await beside.until((heard) => heard.some((event) => inShort(event) === `+${seq} ${sign}`));
  }
  asked.open();
  expect(await reading.ended).toBe("complete");
  expect(reading.heard.map(inShort).join()).not.toContain("secret");
  await client.dispose();
});
