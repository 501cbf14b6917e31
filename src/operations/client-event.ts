import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { User } from "../users/user.ts";

/** Something that a client program tells the operators: an error, a step, a figure. */
@ObjectType({ description: "Something that a client program told the operators: an error, a step, a figure." })
@Entity({ tableName: "client_events" })
@Index({ name: "client_events_received_at_idx", properties: ["receivedAt", "id"] })
@Index({ name: "client_events_type_idx", properties: ["type", "receivedAt", "id"] })
@Index({ name: "client_events_user_id_idx", properties: ["userId", "receivedAt", "id"] })
export class ClientEvent {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: event_1." })
  get nodeId(): string {
    return globalId("clientEvent", this.id);
  }

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "user_id", deleteRule: "cascade", index: false })
  userId!: number;

  @Field(() => String, { description: "Of which kind it is, by the client's own word: `error`, `page.opened`." })
  @Property({ type: "text" })
  type!: string;

  @Field(() => Json, { nullable: true, description: "What the client says of it." })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  data: unknown = null;

  @Field(() => Date, { description: "When it happened, by the client's clock; when it came in, where it did not say." })
  @Property({ type: "timestamptz", length: 3 })
  occurredAt!: Date;

  @Field(() => Date, { description: "When it came in, by the server's clock." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "clock_timestamp()" })
  receivedAt: Date = new Date();
}
