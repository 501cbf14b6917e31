import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { User } from "../users/user.ts";

@ObjectType({ description: "One login of the viewer. Revoking it ends its tokens at once." })
@Entity({ tableName: "sessions" })
@Index({
  name: "sessions_revoked_xid_idx",
  expression: "create index sessions_revoked_xid_idx on sessions (revoked_xid) where revoked_xid is not null",
})
export class Session {
  /** UUIDv7, or for a token of another issuer a UUIDv8 made from the token. */
  @Field(() => ID, { description: "What revokeSession takes." })
  @PrimaryKey({ type: "uuid" })
  id!: string;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: "sessions_user_id_idx",
  })
  userId!: number;

  /** Counts the refreshes: a refresh token of an earlier generation was used before, and ends the session. */
  @Property({ type: "integer", default: 0 })
  generation: number = 0;

  @Field(() => String, { description: "The client's User-Agent at login; at most 256 characters." })
  @Property({ type: "text" })
  userAgent!: string;

  @Field(() => String, { description: "The client's address at login." })
  @Property({ type: "text" })
  ip!: string;

  @Field(() => Date, { description: "When it began." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When a token of it was last made." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  lastUsedAt: Date = new Date();

  @Field(() => Date, { description: "When it ends unless it is refreshed before." })
  @Property({ type: "timestamptz", length: 3 })
  expiresAt!: Date;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  revokedAt: Date | null = null;

  /** The transaction that revoked it, by which every node finds revocations it was not told of. */
  @Property({ type: "xid8", columnType: "xid8", nullable: true })
  revokedXid: string | null = null;
}
