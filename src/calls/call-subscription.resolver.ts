import { Arg, Resolver, Root, Subscription } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { CallEvent, heardBy } from "./call-event.ts";
import { deviceOf } from "./devices.ts";

interface Subscribing {
  args: { deviceId?: string | null };
  context: object;
}

@Resolver()
export class CallSubscription {
  @Subscription(() => CallEvent, {
    description:
      "What happens in the viewer's calls, and what other parties send to this device. Whoever is in a call listens to it: " +
      "15 seconds without it, and they have left. What was sent meanwhile is not repeated: query `viewer.activeCalls`.",
    subscribe: ({ args, context }: Subscribing) => {
      const ctx = context as Context;
      const device = deviceOf(ctx, args.deviceId);
      return new LiveSource<never>(
        { kind: "user" },
        {
          // Each device hears what is meant for it.
          apart: device,
          attend: () => ctx.services.devices.attend(device),
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "call" ? heardBy(device, told) : null;
          },
        },
      );
    },
  })
  callSignalled(
    @Root() event: CallEvent,
    @Arg("deviceId", () => String, { nullable: true, description: "As in startCall and signalCall." })
    _deviceId: string | null | undefined,
  ): CallEvent {
    return event;
  }
}
