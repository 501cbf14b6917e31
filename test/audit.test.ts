import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** What the specification says a server MAY do is left to it: GET without a header that no form can send is refused. */
const asked = serverAudits({ url: () => `${server.url}/graphql` }).filter(({ name }) => /^(MUST|SHOULD)/.test(name));

describe("GraphQL over HTTP, as its specification has it", () => {
  it.each(asked.map((audit) => ({ title: `${audit.id}: ${audit.name}`, audit })))("$title", async ({ audit }) => {
    const result = await audit.fn();
    expect(result.status, "reason" in result ? result.reason : undefined).toBe("ok");
  });

  it("is audited in full", () => {
    expect(asked.length).toBeGreaterThanOrEqual(30);
  });
});
