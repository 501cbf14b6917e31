import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { User } from "../users/user.ts";
import type { NotificationType } from "./notification.ts";

/** How somebody wants to be notified. Who never said anything has no row, and everything on. */
@Entity({ tableName: "notification_settings" })
export class NotificationSettings {
  [PrimaryKeyProp]?: "userId";

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  /** Types of which nothing is made. */
  @Property({ type: "string[]", columnType: "text[]", default: [] })
  off: NotificationType[] = [];

  /** Types of which nothing is pushed. */
  @Property({ type: "string[]", columnType: "text[]", default: [] })
  unpushed: NotificationType[] = [];

  /** Whether anything is pushed at all. */
  @Property({ type: "boolean", default: true })
  push: boolean = true;

  /** Minutes after midnight at which the quiet hours begin, and end; null where there are none. */
  @Property({ type: "integer", nullable: true })
  quietFrom: number | null = null;

  @Property({ type: "integer", nullable: true })
  quietTo: number | null = null;

  /** An IANA name: Europe/Berlin. */
  @Property({ type: "text", nullable: true })
  timeZone: string | null = null;
}
