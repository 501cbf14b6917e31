import { randomUUID } from "node:crypto";

import type { Client } from "graphql-ws";

import { type GraphqlAnswer, type Variables, connect, post } from "./graphql-client.ts";
import type { TestServer } from "./server.ts";

/** Somebody with an account, who talks to the server as a program would. */
export interface Person {
  /** user_1 */
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Over HTTP, logged in. */
  graphql(query: string, variables?: Variables): Promise<GraphqlAnswer & { readonly status: number }>;
  /** Over WebSocket, logged in; give more connectionParams where a test is about them. */
  ws(connectionParams?: Variables): Client;
  /** The same person, by another login. */
  as(accessToken: string): Person;
  /** The same person, at another node. */
  at(server: Where): Person;
}

/** As much of a server as a person needs to know. */
export type Where = Pick<TestServer, "url" | "wsUrl">;

const REGISTER = `mutation Register($input: RegisterInput!) {
  register(input: $input) { accessToken refreshToken user { id username } }
}`;

/** Registers somebody through the API. */
export async function person(server: Where, username: string): Promise<Person> {
  const password = `secret of ${username} ${randomUUID()}`;
  const input = { username, password, displayName: username, email: `${username}@people.test` };
  const { data, errors } = await post(server.url, REGISTER, { input });
  if (errors !== undefined) throw new Error(`${username} could not register: ${JSON.stringify(errors)}`);
  const { accessToken, refreshToken, user } = data.register;
  return personAt(server, { id: user.id, username, password, accessToken, refreshToken });
}

type Account = Pick<Person, "id" | "username" | "password" | "accessToken" | "refreshToken">;

/** Somebody who has logged in. */
export function personAt(server: Where, account: Account): Person {
  const authorization = `Bearer ${account.accessToken}`;
  return {
    ...account,
    graphql: (query, variables) => post(server.url, query, variables, { authorization }),
    ws: (connectionParams = {}) => connect(server.wsUrl, { token: account.accessToken, ...connectionParams }),
    as: (accessToken) => personAt(server, { ...account, accessToken }),
    at: (other) => personAt(other, account),
  };
}
