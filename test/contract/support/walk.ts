import { type RestAnswer, request } from "../../dialects/support/rest.ts";
import { turnedAway } from "../../dialects/support/socket.ts";
import type { Frame } from "../../dialects/support/socket.ts";
import type { Endpoint } from "./endpoints.ts";
import type { Call } from "./scene.ts";
import { type Shape, faultsOf } from "./shape.ts";

type Where = { readonly url: string };

/** A token that nobody gave to anybody. */
const FORGED = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";
/** No token, and what is none. */
const BAD_AUTHORIZATIONS: readonly (string | undefined)[] = [
  undefined,
  `Bearer ${FORGED}`,
  "Bearer",
  "Bearer a b",
  "x",
];

/**
 * Calls an endpoint, first as nobody does who may, then as it ought to be.
 *
 * @returns what is not as documented, each naming the row and the field; nothing where all is well
 */
export async function problemsOfCall(
  server: Where,
  row: Endpoint,
  call: Call,
  answer: Shape,
  refusal: Shape,
): Promise<string[]> {
  const problems: string[] = [];
  const demand = ({ status, body }: RestAnswer, wanted: number, shape: Shape, how: string): void => {
    if (status !== wanted) {
      problems.push(`${row.name}${how}: answered ${status} instead of ${wanted}: ${JSON.stringify(body)}`);
      return;
    }
    problems.push(...faultsOf(shape, body).map((fault) => `${row.name}${how}: ${fault}`));
  };
  for (const bad of call.as === null ? [] : BAD_AUTHORIZATIONS) {
    demand(await perform(server, row, call, bad), 401, refusal, ` with ${bad ?? "no token"}`);
  }
  const good = call.as === null ? undefined : `Bearer ${call.as.accessToken}`;
  demand(await perform(server, row, call, good), row.success, answer, "");
  return problems;
}

function perform(server: Where, { method, path }: Endpoint, call: Call, authorization?: string): Promise<RestAnswer> {
  const { params = {}, query = {}, json, form } = call;
  const filled = path.replace(/\{(\w+)\}/g, (_, word: string) => {
    if (params[word] === undefined) throw new Error(`Nothing stands for {${word}} of ${path}.`);
    return encodeURIComponent(params[word]);
  });
  const search = new URLSearchParams(query).toString();
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(json === undefined ? {} : { "content-type": "application/json" }),
  };
  const body = form ?? (json === undefined ? null : JSON.stringify(json));
  return request(server, search === "" ? filled : `${filled}?${search}`, { method, headers, body });
}

/** What of a socket's frames is not as documented. Each type must have been heard, and every frame of it be of its shape. */
export function problemsOfFrames(
  row: Endpoint,
  heard: readonly Frame[],
  shapes: Readonly<Record<string, Shape>>,
): string[] {
  return Object.entries(shapes).flatMap(([type, shape]) => {
    const frames = heard.filter((frame) => frame.type === type);
    if (frames.length === 0) return [`${row.name}: no ${type} came`];
    return frames.flatMap((frame) => faultsOf(shape, frame).map((fault) => `${row.name} ${type}: ${fault}`));
  });
}

/** What is not as documented where a socket is opened without a token that holds: it is closed with 4401. */
export async function problemsOfStrangers(server: Where, row: Endpoint, path: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [how, query, headers] of [
    ["no token", "", {}],
    ["a forged token", `?token=${FORGED}`, {}],
    ["a forged header", "", { authorization: `Bearer ${FORGED}` }],
    ["an empty token", "?token=", {}],
  ] as const) {
    const { code } = await turnedAway(server, `${path}${query}`, { headers });
    if (code !== 4401) problems.push(`${row.name} with ${how}: closed with ${code} instead of 4401`);
  }
  return problems;
}
