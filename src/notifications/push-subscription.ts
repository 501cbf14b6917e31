import { Entity, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

import { Session } from "../auth/session.ts";
import { bigint } from "../kernel/columns.ts";
import { User } from "../users/user.ts";

/** Where one browser takes pushes (Push API, PushSubscription), for as long as the login that registered it lasts. */
@Entity({ tableName: "push_subscriptions" })
export class PushSubscription {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: "push_subscriptions_user_id_idx",
  })
  userId!: number;

  @ManyToOne({
    entity: () => Session,
    mapToPk: true,
    fieldName: "session_id",
    deleteRule: "cascade",
    index: "push_subscriptions_session_id_idx",
  })
  sessionId!: string;

  /** A secret: whoever knows it may try to push there. */
  @Property({ type: "text", unique: "push_subscriptions_endpoint_key", hidden: true })
  endpoint!: string;

  @Property({ type: "text", hidden: true })
  p256dh!: string;

  @Property({ type: "text", hidden: true })
  auth!: string;

  @Property({ type: "text" })
  userAgent!: string;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  expiresAt: Date | null = null;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}
