import type { Context } from "../kernel/context.ts";
import { NotificationType } from "./notification.ts";
import { checkedQuietHours, type QuietHours } from "./quiet-hours.ts";

/** How somebody wants to be notified of one type. */
export interface TypePreference {
  readonly type: NotificationType;
  /** Whether notifications are made at all. */
  readonly inApp: boolean;
  readonly push: boolean;
}

/** How somebody wants to be notified. */
export interface Preferences {
  readonly push: boolean;
  readonly types: readonly TypePreference[];
  readonly quietHours: QuietHours | null;
}

/** What is to change; what is left out stays. */
export interface PreferenceChanges {
  readonly push?: boolean | null | undefined;
  readonly types?:
    | readonly { type: NotificationType; inApp?: boolean | null | undefined; push?: boolean | null | undefined }[]
    | null
    | undefined;
  /** Null ends them. */
  readonly quietHours?: { start: string; end: string; timeZone: string } | null | undefined;
}

interface SettingsRow extends Record<string, unknown> {
  off: NotificationType[];
  unpushed: NotificationType[];
  push: boolean;
  quiet_from: number | null;
  quiet_to: number | null;
  time_zone: string | null;
}

const SETTINGS = "off, unpushed, push, quiet_from, quiet_to, time_zone";

/** The quiet hours that a row of notification_settings has, or a row that is null throughout. */
export function quietHoursOf(row: Pick<SettingsRow, "quiet_from" | "quiet_to" | "time_zone">): QuietHours | null {
  const { quiet_from: from, quiet_to: to, time_zone: timeZone } = row;
  return from === null || to === null || timeZone === null ? null : { from, to, timeZone };
}

/** How the viewer wants to be notified. */
export async function preferences(ctx: Context): Promise<Preferences> {
  const [row] = await ctx.sql<SettingsRow>(`select ${SETTINGS} from notification_settings where user_id = $1`, [
    ctx.me.userId,
  ]);
  return preferencesOf(row);
}

/**
 * Changes how the viewer is notified from now on. What was notified stays.
 *
 * @throws BAD_USER_INPUT naming start, end or timeZone
 */
export async function update(ctx: Context, changes: PreferenceChanges): Promise<Preferences> {
  const hours = changes.quietHours == null ? null : checkedQuietHours(changes.quietHours);
  const { userId } = ctx.me;
  return ctx.transaction(async (tx) => {
    await tx.sql("insert into notification_settings (user_id) values ($1) on conflict do nothing", [userId]);
    const [row] = await tx.sql<SettingsRow>(
      `select ${SETTINGS} from notification_settings where user_id = $1 for update`,
      [userId],
    );
    const before = preferencesOf(row);
    const after: Preferences = {
      push: changes.push ?? before.push,
      types: before.types.map((preference) => changed(preference, changes.types ?? [])),
      quietHours: changes.quietHours === undefined ? before.quietHours : hours,
    };
    await tx.sql(
      `update notification_settings set off = $2, unpushed = $3, push = $4, quiet_from = $5, quiet_to = $6, time_zone = $7
       where user_id = $1`,
      [
        userId,
        after.types.filter(({ inApp }) => !inApp).map(({ type }) => type),
        after.types.filter(({ push }) => !push).map(({ type }) => type),
        after.push,
        after.quietHours?.from ?? null,
        after.quietHours?.to ?? null,
        after.quietHours?.timeZone ?? null,
      ],
    );
    return after;
  });
}

function preferencesOf(row: SettingsRow | undefined): Preferences {
  return {
    push: row?.push ?? true,
    types: Object.values(NotificationType).map((type) => ({
      type,
      inApp: row?.off.includes(type) !== true,
      push: row?.unpushed.includes(type) !== true,
    })),
    quietHours: row === undefined ? null : quietHoursOf(row),
  };
}

/** Of several changes of one type the last one counts. */
function changed(before: TypePreference, changes: NonNullable<PreferenceChanges["types"]>): TypePreference {
  const change = changes.findLast(({ type }) => type === before.type);
  return { ...before, inApp: change?.inApp ?? before.inApp, push: change?.push ?? before.push };
}
