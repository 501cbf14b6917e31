import { SignJWT } from "jose";
import { expect } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import type { Person } from "../../support/people.ts";
import { person } from "../../support/people.ts";
import type { TestServer } from "../../support/server.ts";
import { type Rest, type RestAnswer, rest } from "../support/rest.ts";

/** Somebody's hand at this door; paths are below /api/v1. */
export function chat8(server: Pick<TestServer, "url">, who: Pick<Person, "accessToken"> | null): Rest {
  const hand = rest(server, who);
  const at = (path: string): string => `/api/v1${path}`;
  return {
    get: (path) => hand.get(at(path)),
    post: (path, json) => hand.post(at(path), json),
    put: (path, json) => hand.put(at(path), json),
    delete: (path) => hand.delete(at(path)),
    upload: (path, form) => hand.upload(at(path), form),
  };
}

/** What is answered to something that must succeed. */
export async function done(asked: Promise<RestAnswer>): Promise<Data> {
  const { status, body } = await asked;
  expect({ status, body }).toMatchObject({ status: expect.toSatisfy(isSuccess), body: { success: true } });
  return body.data;
}

const isSuccess = (status: number): boolean => status === 200 || status === 201;

/** A refusal in short: status, code, and the argument at fault. */
export async function refusal(asked: Promise<RestAnswer>): Promise<string> {
  const { status, body } = await asked;
  if (body.success !== false) return `${status} ${JSON.stringify(body)}`;
  return [status, body.error.code, body.error.details.field].filter((part) => part !== undefined).join(" ");
}

let people = 0;

/** Somebody new, whom nobody knows. */
export const somebody = (server: TestServer, name = "guest"): Promise<Person> =>
  person(server, `${name}-${(people += 1)}`);

export const severals = async (server: TestServer, count: number): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, () => somebody(server)));

/** A token of somebody's whose time is over. */
export async function expiredTokenOf({ jwtSecret }: TestServer, { accessToken }: Person): Promise<string> {
  const [header, claims] = accessToken
    .split(".", 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object);
  return new SignJWT({ ...claims, exp: 1_600_000_000 })
    .setProtectedHeader(header as { alg: string })
    .sign(Buffer.from(jwtSecret));
}

/** A time as this dialect writes it. */
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
