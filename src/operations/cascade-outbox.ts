import { Entity, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

import { bigint } from "../kernel/columns.ts";

/**
 * Something that happened and is not in the stream yet: triggers write it in the transaction in which it happened, the
 * job `cascade` takes it out.
 */
@Entity({ tableName: "domain_events" })
export class DomainEvent {
  /** What consumers tell repeats by. */
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  /** What it is about: events of one topic stay in order. */
  @Property({ type: "text" })
  topic!: string;

  /** One of CASCADE_EVENTS. */
  @Property({ type: "text" })
  type!: string;

  /** As it stands in the stream; with `json` PostgreSQL keeps the text, and nobody has to read it on the way. */
  @Property({ type: "json", columnType: "json" })
  data!: unknown;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "clock_timestamp()" })
  createdAt!: Date;
}
