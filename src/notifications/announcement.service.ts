import { randomUUID } from "node:crypto";

import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { checkedJson } from "../kernel/json.ts";
import { checkedText } from "../kernel/text.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import type { UserRole } from "../users/user.ts";
import type { Audience } from "./notice-job.ts";
import { NotificationType } from "./notification.ts";
import { filled } from "./placeholders.ts";
import { announced, checkedContent, checkedTitle, demandTemplate } from "./template.service.ts";

/** Users that one call names by their ids, at the most. */
export const RECIPIENTS_MAXIMUM = 1_000;
/** Values given to a template, at the most. */
export const VALUES_MAXIMUM = 50;
/** Characters of one value, at the most. */
export const VALUE_MAXIMUM = 500;
/** Bytes of what programs are told with a notification, as JSON, at the most. */
export const DATA_MAXIMUM_BYTES = 4_096;

/** What an administrator notifies people of. */
export interface Announcement {
  /** Exactly one of the three. */
  readonly userIds?: readonly number[] | null | undefined;
  readonly roles?: readonly UserRole[] | null | undefined;
  readonly everybody?: boolean | null | undefined;
  /** A template and its values, or words of one's own. */
  readonly templateId?: number | null | undefined;
  readonly values?: unknown;
  readonly type?: NotificationType | null | undefined;
  readonly title?: string | null | undefined;
  readonly content?: string | null | undefined;
  readonly data?: unknown;
}

/**
 * Notifies people in an administrator's words, or in those of a template. A job does it, some at a time, each user once.
 *
 * @returns how many users it goes to; those who want none of the type get none
 * @throws FORBIDDEN, BAD_USER_INPUT, NOT_FOUND
 */
export async function send(ctx: Context, announcement: Announcement): Promise<number> {
  demandAdministrator(ctx);
  const words = await wordsOf(ctx, announcement);
  const data = checkedJson("data", announcement.data, DATA_MAXIMUM_BYTES);
  const to = await audienceOf(ctx, announcement);
  const key = `announcement:${randomUUID()}`;
  return ctx.transaction(async (tx) => {
    const receivers = await count(tx, to);
    const notice = { ...words, data: data === null ? null : (JSON.parse(data) as unknown), key };
    await queueJob(tx, "notify", { to, notice });
    await record(tx, "sendNotification", null, {
      to: "userIds" in to ? { userIds: to.userIds.length } : to,
      receivers,
      key,
    });
    return receivers;
  });
}

/** Type, title and text: nobody does it, so that no block keeps it from anybody. */
async function wordsOf(ctx: Context, { templateId, values, type, title, content }: Announcement) {
  if (templateId != null) {
    if (title != null || content != null || type != null) {
      throw badInput("templateId", "Give a template, or type, title and content of your own.");
    }
    const template = await demandTemplate(ctx, templateId, "templateId");
    const given = checkedValues(values);
    return {
      type: announced(template.type),
      title: checkedTitle(filled(template.title, given, "values")),
      content: checkedContent(filled(template.content, given, "values")),
    };
  }
  if (title == null) throw badInput("title", "Give a title, or a templateId.");
  return {
    type: announced(type ?? NotificationType.SYSTEM),
    title: checkedTitle(title),
    content: checkedContent(content ?? ""),
  };
}

async function audienceOf(ctx: Context, { userIds, roles, everybody }: Announcement): Promise<Audience> {
  const given = [userIds != null, roles != null, everybody === true].filter(Boolean);
  if (given.length !== 1) throw badInput("userIds", "Give userIds, roles or everybody, one of the three.");
  if (userIds == null) {
    if (roles?.length === 0) throw badInput("roles", "roles must not be empty.", 1);
    return { roles: roles == null ? null : [...new Set(roles)] };
  }
  if (userIds.length === 0) throw badInput("userIds", "userIds must not be empty.", 1);
  if (userIds.length > RECIPIENTS_MAXIMUM) {
    throw badInput("userIds", `userIds may have at most ${RECIPIENTS_MAXIMUM} items.`, RECIPIENTS_MAXIMUM);
  }
  const known = await byIdsOrNull(ctx, userIds);
  if (known.includes(null)) throw notFound("userIds", "user");
  return { userIds: [...new Set(userIds)] };
}

async function count(tx: Context, to: Audience): Promise<number> {
  if ("userIds" in to) return to.userIds.length;
  const [row] = await tx.sql<{ n: string }>(
    "select count(*) as n from users where deactivated_at is null and ($1::text[] is null or role = any ($1))",
    [to.roles],
  );
  return Number(row?.n);
}

/** The values of a template: a JSON object of texts and numbers. */
function checkedValues(values: unknown): ReadonlyMap<string, string> {
  if (values == null) return new Map();
  if (typeof values !== "object" || Array.isArray(values)) throw badInput("values", "values must be an object.");
  const entries = Object.entries(values);
  if (entries.length > VALUES_MAXIMUM) {
    throw badInput("values", `values may have at most ${VALUES_MAXIMUM} items.`, VALUES_MAXIMUM);
  }
  return new Map(
    entries.map(([name, value]: [string, unknown]) => {
      if (typeof value !== "string" && typeof value !== "number") {
        throw badInput("values", "values must be texts or numbers.");
      }
      return [name, checkedText("values", String(value), { max: VALUE_MAXIMUM })];
    }),
  );
}
