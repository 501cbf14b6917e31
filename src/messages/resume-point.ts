import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, Index, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { User } from "../users/user.ts";

/**
 * How far a subscription of a client that gave a resumeKey has surely come, so that the same operation on its next
 * connection, on whichever node, goes on from there. Kept for ten minutes after the last word of it.
 */
@Entity({ tableName: "resume_points" })
@Index({ name: "resume_points_touched_at_idx", properties: ["touchedAt"] })
export class ResumePoint {
  [PrimaryKeyProp]?: ["userId", "resumeKey", "operation"];

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    primary: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: false,
  })
  userId!: number;

  @Property({ type: "text", primary: true })
  resumeKey!: string;

  /** SHA-256 of document, operation name and variables. */
  @Property({ type: "blob", columnType: "bytea", primary: true })
  operation!: Buffer;

  @Property({ type: "uuid" })
  epoch!: string;

  /** Conversation id → log position. */
  @Property({ type: "json", columnType: "jsonb" })
  positions!: Record<string, number>;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  touchedAt: Date = new Date();
}
