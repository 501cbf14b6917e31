import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { badInput, conflict, notFound } from "../kernel/errors.ts";
import { globalId } from "../kernel/ids.ts";
import { checkedLine, checkedText } from "../kernel/text.ts";
import { administers, demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import { NotificationTemplate } from "./notification-template.ts";
import { NotificationType } from "./notification.ts";

/** Templates of the server, at the most. */
export const TEMPLATES_MAXIMUM = 200;
/** Characters of a template's name, at the most. */
export const TEMPLATE_NAME_MAXIMUM = 100;
/** Characters of the title that administrators give a notification, at the most. */
export const TITLE_MAXIMUM = 200;
/** Characters of the text that administrators give a notification, at the most. */
export const CONTENT_MAXIMUM = 2_000;

/** Any number that nothing else on the database locks: the ASCII codes of "tmpl". */
const TEMPLATES_LOCK = 0x746d706c;
const UNIQUE_VIOLATION = "23505";

/** What administrators say in their own words: other types are made of what happened. */
export type AnnouncedType = NotificationType.SYSTEM | NotificationType.BROADCAST;

/** What a template says. */
export interface TemplateInput {
  /** The template to change; without it a new one is made. */
  readonly id?: number | null | undefined;
  readonly name: string;
  readonly type: NotificationType;
  readonly title: string;
  readonly content: string;
}

/** All templates, by name. @throws FORBIDDEN for those who do not administer the server */
export async function list(ctx: Context): Promise<NotificationTemplate[]> {
  demandAdministrator(ctx);
  return ctx.em.find(NotificationTemplate, {}, { orderBy: { name: "asc" }, refresh: true });
}

/** The templates of these ids, in their order; null for those that are not, and for whoever does not administer the server. */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(NotificationTemplate | null)[]> {
  if (!administers(ctx)) return ids.map(() => null);
  const found = await ctx.em.find(NotificationTemplate, { id: { $in: [...ids] } }, { refresh: true });
  const byId = new Map(found.map((template) => [template.id, template]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** @throws NOT_FOUND naming `field` */
export async function demandTemplate(ctx: Context, id: number, field: string): Promise<NotificationTemplate> {
  const [template] = await visibleByIds(ctx, [id]);
  if (template == null) throw notFound(field, "template");
  return template;
}

/**
 * Makes a template, or changes one.
 *
 * @throws FORBIDDEN, BAD_USER_INPUT, NOT_FOUND, CONFLICT where another has the name or there are too many
 */
export async function save(ctx: Context, input: TemplateInput): Promise<NotificationTemplate> {
  demandAdministrator(ctx);
  const said = {
    name: checkedLine("name", input.name, { min: 1, max: TEMPLATE_NAME_MAXIMUM }),
    type: announced(input.type),
    title: checkedTitle(input.title),
    content: checkedContent(input.content),
  };
  try {
    return await ctx.transaction(async (tx) => {
      await tx.sql("select pg_advisory_xact_lock($1)", [TEMPLATES_LOCK]);
      const template = input.id == null ? await fresh(tx) : await demandTemplate(tx, input.id, "templateId");
      Object.assign(template, said, { updatedAt: new Date() });
      await tx.em.persist(template).flush();
      await record(tx, "saveNotificationTemplate", globalId("notificationTemplate", template.id), { name: said.name });
      return template;
    });
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== UNIQUE_VIOLATION) throw error;
    throw conflict("name", "Another template has this name.");
  }
}

/** Deletes a template. What was sent with it stays. @throws FORBIDDEN, NOT_FOUND */
export async function remove(ctx: Context, id: number): Promise<void> {
  demandAdministrator(ctx);
  await ctx.transaction(async (tx) => {
    const rows = await tx.sql<{ name: string }>("delete from notification_templates where id = $1 returning name", [
      id,
    ]);
    const [gone] = rows;
    if (gone === undefined) throw notFound("templateId", "template");
    await record(tx, "deleteNotificationTemplate", globalId("notificationTemplate", id), { name: gone.name });
  });
}

/** @throws BAD_USER_INPUT for a type that nobody says in words of their own */
export function announced(type: NotificationType): AnnouncedType {
  if (type === NotificationType.SYSTEM || type === NotificationType.BROADCAST) return type;
  throw badInput("type", "type must be SYSTEM or BROADCAST: the others are made of what happens.");
}

/** @throws BAD_USER_INPUT */
export const checkedTitle = (text: string): string => checkedLine("title", text, { min: 1, max: TITLE_MAXIMUM });

/** @throws BAD_USER_INPUT */
export const checkedContent = (text: string): string => checkedText("content", text, { max: CONTENT_MAXIMUM });

async function fresh(tx: Context): Promise<NotificationTemplate> {
  if ((await tx.em.count(NotificationTemplate)) >= TEMPLATES_MAXIMUM) {
    throw conflict("name", `There are ${TEMPLATES_MAXIMUM} templates already: delete one first.`);
  }
  return new NotificationTemplate();
}
