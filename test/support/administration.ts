import { expect } from "vitest";

import { ensureAdministrator } from "../../src/auth/administrator.ts";
import { type Data, type GraphqlAnswer, post, type Variables } from "./graphql-client.ts";
import { type Person, personAt } from "./people.ts";
import type { TestServer } from "./server.ts";

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } } }`;

/** Somebody who administers the server, logged in. */
export async function administrator(server: TestServer, username = "root"): Promise<Person> {
  const password = `secret of ${username}, who administers`;
  await ensureAdministrator(server.services, { username, password }, async (make) => ({ value: make() }));
  const { data } = await post(server.url, LOGIN, { input: { username, password } });
  const { accessToken, refreshToken, user } = data.login;
  return personAt(server, { id: user.id, username, password, accessToken, refreshToken });
}

/** Logs in, and answers with whatever comes. */
export const login = (server: Pick<TestServer, "url">, username: string, password: string) =>
  post(server.url, LOGIN, { input: { username, password } });

/** Asks for the mutation of this name. */
export function attempt(who: Asking, verb: string, input: Variables, answer: string): Promise<GraphqlAnswer> {
  const type = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}Input`;
  return who.graphql(`mutation ($input: ${type}!) { ${verb}(input: $input) { ${answer} } }`, { input });
}

/** As {@link attempt}, and it must succeed. */
export async function does(who: Asking, verb: string, input: Variables, answer: string): Promise<Data> {
  const { data, errors } = await attempt(who, verb, input, answer);
  expect(errors, verb).toBeUndefined();
  return data[verb];
}

export type Asking = Pick<Person, "graphql">;

/** Nobody: without a token. */
export const nobody = (server: TestServer): Asking => ({
  graphql: (query, variables) => post(server.url, query, variables),
});

/** Code and field of a refusal; "NONE" where it was none. */
export function refusalOf({ errors }: GraphqlAnswer): string {
  const { code, field } = errors?.[0]?.extensions ?? { code: "NONE" };
  return field === undefined ? code : `${code} ${field}`;
}

export interface Audited {
  readonly action: string;
  readonly targetId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly actor: { readonly username: string } | null;
  readonly ip: string;
  readonly at: string;
}

/** What stands in the audit log, the latest first. */
export async function audited(root: Asking, asked: Variables = {}): Promise<Audited[]> {
  const { data, errors } = await root.graphql(
    `query ($action: String, $actorId: ID, $targetId: ID, $from: DateTime, $to: DateTime, $first: Int, $after: String) {
      auditLog(action: $action, actorId: $actorId, targetId: $targetId, from: $from, to: $to, first: $first, after: $after) {
        nodes { action targetId details ip at actor { username } }
      }
    }`,
    asked,
  );
  expect(errors).toBeUndefined();
  return data.auditLog.nodes;
}
