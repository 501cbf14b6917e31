import { lockAdministration } from "../auth/administrator.ts";
import * as sessions from "../auth/sessions.ts";
import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { badInput, Failure, forbidden } from "../kernel/errors.ts";
import { globalId } from "../kernel/ids.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import { type User, UserRole } from "../users/user.ts";
import { USER_COLUMNS, userFrom } from "../users/user-row.ts";
import * as users from "../users/user.service.ts";
import { type Claim, type Step, SyncPlan, type Target } from "./sync-plan.ts";
import { checkedRow, type SyncRow, type SyncWish } from "./sync-row.ts";

/** People of one call, at the most. */
export const SYNC_MAXIMUM = 1_000;
/** How often a call begins anew because somebody else took a name between its look and its write. */
const TRIES = 5;
const UNIQUE_VIOLATION = "23505";

/** What became of one row. */
export interface SyncOutcome {
  readonly externalId: string;
  readonly status: Step["status"];
  readonly user: User | null;
  readonly error: Failure | null;
}

/**
 * Makes accounts of people whom another system knows, and brings those up to date that it sent before, known by their
 * external id. Each row stands for itself: one that fails keeps no other from succeeding, and of two that want the same
 * name the first one gets it. New accounts have no password. A role that changes ends its account's sessions.
 *
 * @returns what became of each row, in their order
 * @throws FORBIDDEN for everybody but administrators, BAD_USER_INPUT for no rows, or too many
 */
export async function syncUsers(ctx: Context, wishes: readonly SyncWish[]): Promise<SyncOutcome[]> {
  demandAdministrator(ctx);
  if (wishes.length === 0 || wishes.length > SYNC_MAXIMUM) {
    throw badInput("users", `users must be between 1 and ${SYNC_MAXIMUM}.`, SYNC_MAXIMUM);
  }
  const checked = wishes.map(checkedRow);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ctx.transaction((tx) => writeAll(tx, wishes, checked));
    } catch (error) {
      if (attempt === TRIES || !isDatabaseError(error) || error.code !== UNIQUE_VIOLATION) throw error;
    }
  }
}

async function writeAll(
  tx: Context,
  wishes: readonly SyncWish[],
  checked: readonly (SyncRow | Failure)[],
): Promise<SyncOutcome[]> {
  await lockAdministration(tx);
  // Whoever asks may have been deposed while they waited.
  const [me] = await users.byIdsOrNull(tx, [tx.me.userId]);
  if (me?.role !== UserRole.ADMIN || me.isDeactivated) throw forbidden("You are no administrator any more.");
  const rows = checked.filter((row): row is SyncRow => !(row instanceof Failure));
  const known = await knownBy(tx, rows);
  const claims = await claimsOf(tx, rows);
  const plan = new SyncPlan(await administrators(tx));
  const steps = checked.map((row): Step => {
    if (row instanceof Failure) return { status: "FAILED", error: row };
    return plan.decide(row, known.get(row.externalId), claims.get(row.ord) ?? NO_CLAIM);
  });
  const written = await write(tx, steps);
  await noteAll(tx, steps, written);
  return steps.map((step, ord) => {
    const { externalId } = wishes[ord] as SyncWish;
    if (step.status === "FAILED") return { externalId, status: step.status, user: null, error: step.error };
    const user = step.status === "UNCHANGED" ? step.user : (written.get(externalId) ?? null);
    return { externalId, status: step.status, user, error: null };
  });
}

const NO_CLAIM: Claim = { username: null, email: null, usernameOf: null, emailOf: null };

async function knownBy(tx: Context, rows: readonly SyncRow[]): Promise<Map<string, User>> {
  const found = await tx.sql(
    `select ${USER_COLUMNS} from users where external_id = any ($1) order by id for no key update`,
    [rows.map(({ externalId }) => externalId)],
  );
  return new Map(found.map(userFrom).map((user) => [user.externalId ?? "", user]));
}

/** How the database folds each row's names, and who has them. */
async function claimsOf(tx: Context, rows: readonly SyncRow[]): Promise<Map<number, Claim>> {
  const found = await tx.sql<Record<"ord" | "username" | "email" | "username_of" | "email_of", string | null>>(
    `select w.ord, lower(w.username) as username, lower(w.email) as email, n.id as username_of, e.id as email_of
     from unnest($1::int[], $2::text[], $3::text[]) as w (ord, username, email)
     left join users n on lower(n.username) = lower(w.username)
     left join users e on lower(e.email) = lower(w.email)`,
    [rows.map(({ ord }) => ord), rows.map(({ username }) => username ?? null), rows.map(({ email }) => email ?? null)],
  );
  const idOf = (id: string | null): number | null => (id === null ? null : Number(id));
  return new Map(
    found.map((row) => [
      Number(row.ord),
      { username: row.username, email: row.email, usernameOf: idOf(row.username_of), emailOf: idOf(row.email_of) },
    ]),
  );
}

async function administrators(tx: Context): Promise<number> {
  const [row] = await tx.sql<{ n: string }>(
    "select count(*) as n from users where role = 'ADMIN' and deactivated_at is null",
  );
  return Number(row?.n);
}

const RECORD = `jsonb_to_recordset($1::jsonb) as w ("externalId" text, username text, "displayName" text, email text,
  phone text, "avatarUrl" text, role text)`;

/** Writes what is to be made and what is to be changed, each in one statement. @returns by external id */
async function write(tx: Context, steps: readonly Step[]): Promise<Map<string, User>> {
  const targetsOf = (status: "CREATED" | "UPDATED"): Target[] =>
    steps.filter((step) => step.status === status).map((step) => (step as { target: Target }).target);
  const [made, changed] = [targetsOf("CREATED"), targetsOf("UPDATED")];
  const rows = [];
  if (changed.length > 0) {
    rows.push(
      ...(await tx.sql(
        `with changed as (
           update users u set username = w.username, display_name = w."displayName", email = w.email, phone = w.phone,
             avatar_url = w."avatarUrl", role = w.role, updated_at = now()
           from ${RECORD} where u.external_id = w."externalId" returning u.*)
         select ${USER_COLUMNS} from changed`,
        [JSON.stringify(changed)],
      )),
    );
  }
  if (made.length > 0) {
    rows.push(
      ...(await tx.sql(
        `insert into users (external_id, username, display_name, email, phone, avatar_url, role)
         select w."externalId", w.username, w."displayName", w.email, w.phone, w."avatarUrl", w.role from ${RECORD}
         returning ${USER_COLUMNS}`,
        [JSON.stringify(made)],
      )),
    );
  }
  return new Map(rows.map(userFrom).map((user) => [user.externalId ?? "", user]));
}

/** Ends the sessions of those whose role changed, and writes the audit log: the call, and each role that it gave. */
async function noteAll(tx: Context, steps: readonly Step[], written: ReadonlyMap<string, User>): Promise<void> {
  const counts = { CREATED: 0, UPDATED: 0, UNCHANGED: 0, FAILED: 0 };
  for (const { status } of steps) counts[status] += 1;
  await record(tx, "syncUsers", null, counts);
  for (const step of steps) {
    if (step.status !== "CREATED" && step.status !== "UPDATED") continue;
    const from = step.status === "UPDATED" ? step.user.role : null;
    const to = step.target.role;
    // An ordinary account that is new is told by the count; an administrator, and a role that changes, by name.
    if (from === null ? to !== UserRole.ADMIN : from === to) continue;
    const user = written.get(step.target.externalId);
    if (user === undefined) continue;
    const ended = from === null ? [] : await sessions.revokeAll(tx, user.id);
    const details = { from, to, endedSessions: ended.length, by: "syncUsers" };
    await record(tx, "setUserRole", globalId("user", user.id), details);
  }
}
