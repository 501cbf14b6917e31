import type { TestServer } from "../../support/server.ts";

/** An event on its way from one node to another. */
export interface InFlight {
  arrive(): void;
}

/**
 * Joins servers that run without Redis by a network of the test's own: whatever one of them publishes it hears itself at
 * once, as every node does, and the others when the network delivers it: late, in any order, twice or never.
 *
 * @param carry decides what becomes of an event; whoever calls `arrive` delivers it
 */
export function network(servers: readonly TestServer[], carry: (event: InFlight) => void): void {
  const buses = servers.map(({ services }) => services.bus);
  const tell = buses.map((bus) => bus.publish.bind(bus));
  for (const [from, bus] of buses.entries()) {
    bus.publish = (topic, payload) => {
      tell[from]?.(topic, payload);
      // As Redis carries it: whoever receives it gets a copy of their own.
      const bytes = JSON.stringify(payload);
      for (const [to, hears] of tell.entries())
        if (to !== from) carry({ arrive: () => hears(topic, JSON.parse(bytes)) });
    };
  }
}
