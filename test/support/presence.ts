import { expect, vi } from "vitest";

import type { TestServer } from "./server.ts";
import type { Person } from "./people.ts";

/** How somebody is shown. */
export interface Shown {
  readonly status: string;
  readonly lastActiveAt: string | null;
}

const PRESENCE = `query ($id: ID) { user(id: $id) { presence { status lastActiveAt } } }`;

/** How one is shown to the other. */
export async function shown(whom: Person, to: Person): Promise<Shown> {
  const { data, errors } = await to.graphql(PRESENCE, { id: whom.id });
  expect(errors).toBeUndefined();
  return data.user.presence as Shown;
}

/** Waits until one is shown to the other so. Nobody is told: each look is a query of its own. */
export const comesToBe = async (whom: Person, to: Person, status: string): Promise<void> =>
  vi.waitFor(async () => expect((await shown(whom, to)).status).toBe(status), { timeout: 20_000 });

export const chooses = async (who: Person, status: string): Promise<void> => {
  const { errors } = await who.graphql(
    `mutation ($input: SetStatusInput!) { setStatus(input: $input) { user { presence { status } } } }`,
    { input: { status } },
  );
  expect(errors).toBeUndefined();
};

/** The row's number in a global id. */
export const numberOf = ({ id }: { readonly id: string }): number => Number(id.split("_")[1]);

/** Nobody has been active over HTTP: what a person did there to begin with counts no more. */
export async function forgetHttp({ services }: Pick<TestServer, "services">, ...people: Person[]): Promise<void> {
  await services.presence.attendance.settled();
  await services.database.pool.query(
    "update presence_sources set until = now() - interval '1 second' where user_id = any ($1) and until is not null",
    [people.map(numberOf)],
  );
}
