import { Entity, Index, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";

/** What an act was about, in particular: for people who read the log, and for programs that look for something in it. */
export type AuditDetails = Readonly<Record<string, unknown>>;

/** One act of an administrator. The table only grows: a trigger refuses to change or delete what stands in it. */
@ObjectType({ description: "Something that an administrator did. What stands in the log is never changed." })
@Entity({ tableName: "audit_log" })
@Index({ name: "audit_log_at_idx", properties: ["at", "id"] })
@Index({ name: "audit_log_actor_id_idx", properties: ["actorId", "at", "id"] })
@Index({ name: "audit_log_action_idx", properties: ["action", "at", "id"] })
@Index({
  name: "audit_log_target_idx",
  expression: "create index audit_log_target_idx on audit_log (target, at, id) where target is not null",
})
export class AuditEntry {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: audit_1." })
  get nodeId(): string {
    return globalId("auditEntry", this.id);
  }

  /** Null for what the server does at its start. No foreign key: what somebody did outlives their account. */
  @Property({ type: bigint(), nullable: true })
  actorId: number | null = null;

  @Field(() => String, {
    description:
      "What was done, by the name of the mutation that does it: setUserRole; `start` for the account that the configuration names.",
  })
  @Property({ type: "text" })
  action!: string;

  @Field(() => ID, {
    name: "targetId",
    nullable: true,
    description: "Global id of what it was done to, which need not exist any more; null where it was no single thing.",
  })
  @Property({ type: "text", nullable: true })
  target: string | null = null;

  @Field(() => Json, { description: "What it was about, in particular: the role before and after, how many, why." })
  @Property({ type: "json", columnType: "jsonb" })
  details: AuditDetails = {};

  @Field(() => String, { description: "The address from which it was asked for." })
  @Property({ type: "text" })
  ip!: string;

  @Field(() => Date, { description: "When it was done." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "clock_timestamp()" })
  at: Date = new Date();
}
