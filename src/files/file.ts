import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, Int, ObjectType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** A file that somebody uploaded. Its content never changes. */
@ObjectType({ implements: Node, description: "A file that somebody uploaded. Its content never changes." })
@Entity({ tableName: "files" })
@Index({ name: "files_owner_id_idx", properties: ["ownerId", "id"] })
@Index({ name: "files_created_at_idx", properties: ["createdAt"] })
export class File {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: file_9." })
  get nodeId(): string {
    return globalId("file", this.id);
  }

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "owner_id", deleteRule: "cascade", index: false })
  ownerId!: number;

  /** 192 random bits in base64url: whoever knows them may download it. Storage knows it by them too. */
  @Property({ type: "text", unique: "files_token_key" })
  token!: string;

  /** A random UUIDv4, by which older protocols know it: whoever knows it may download it, as by its token. */
  @Property({ type: "uuid", defaultRaw: "gen_random_uuid()", unique: "files_public_id_key" })
  publicId!: string;

  @Field(() => String, { description: "Its name, with the extension of its type; at most 200 characters." })
  @Property({ type: "text" })
  name!: string;

  @Field(() => String, { description: "What its content was found to be, as a media type: image/png." })
  @Property({ type: "text" })
  mimeType!: string;

  @Field(() => Int, { description: "Bytes, as others download it." })
  @Property({ type: bigint() })
  size!: number;

  @Field(() => Int, { nullable: true, description: "Pixels across, of an image as it is shown; else null." })
  @Property({ type: "integer", nullable: true })
  width: number | null = null;

  @Field(() => Int, { nullable: true, description: "Pixels down, of an image as it is shown; else null." })
  @Property({ type: "integer", nullable: true })
  height: number | null = null;

  /** Bytes of its thumbnail; null until that is made. */
  @Property({ type: "integer", nullable: true })
  thumbnailSize: number | null = null;

  @Field(() => Date, { description: "When it was uploaded." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}
