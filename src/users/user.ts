import { Entity, Enum, Index, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";

/** What an account may do beyond its own things; ADMIN administers the server. */
export enum UserRole {
  USER = "USER",
  ADMIN = "ADMIN",
  DOCTOR = "DOCTOR",
  NURSE = "NURSE",
}
registerEnumType(UserRole, {
  name: "UserRole",
  description: "What an account may do beyond its own things.",
  valuesConfig: {
    USER: { description: "An ordinary account." },
    ADMIN: { description: "Administers the server: moderates every room, broadcasts, manages accounts." },
    DOCTOR: { description: "An ordinary account, shown as a doctor." },
    NURSE: { description: "An ordinary account, shown as a nurse." },
  },
});

/** From whom direct messages are taken. */
export enum DirectMessagePolicy {
  EVERYONE = "EVERYONE",
  FRIENDS = "FRIENDS",
}
registerEnumType(DirectMessagePolicy, {
  name: "DirectMessagePolicy",
  description: "From whom direct messages are taken.",
  valuesConfig: {
    EVERYONE: { description: "From everyone who is not blocked." },
    FRIENDS: { description: "From friends only." },
  },
});

@ObjectType({ implements: Node, description: "A person with an account on this server." })
@Entity({ tableName: "users" })
@Index({ name: "users_username_key", expression: "create unique index users_username_key on users (lower(username))" })
@Index({ name: "users_email_key", expression: "create unique index users_email_key on users (lower(email))" })
@Index({
  name: "users_search_idx",
  expression:
    "create index users_search_idx on users using gin (search_suffixes(search_fold(username || ' ' || display_name))) with (fastupdate = off)",
})
@Index({ name: "users_created_at_idx", properties: ["createdAt"] })
@Index({
  name: "users_role_idx",
  expression: "create index users_role_idx on users (role, lower(username)) where role <> 'USER'",
})
@Index({
  name: "users_deactivated_idx",
  expression: "create index users_deactivated_idx on users (lower(username)) where deactivated_at is not null",
})
@Index({
  name: "users_avatar_file_idx",
  expression: "create index users_avatar_file_idx on users (file_token(avatar_url)) where avatar_url is not null",
})
export class User {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: user_1." })
  get nodeId(): string {
    return globalId("user", this.id);
  }

  @Field(() => String, {
    description: "Unique, case ignored; 3-32 letters, digits, `.`, `_` or `-`. What mentions name.",
  })
  @Property({ type: "text" })
  username!: string;

  @Field(() => String, { description: "The name that people see; 1-64 characters." })
  @Property({ type: "text" })
  displayName!: string;

  @Property({ type: "text", nullable: true })
  email: string | null = null;

  @Property({ type: "text", nullable: true })
  phone: string | null = null;

  @Field(() => String, { nullable: true, description: "Address of the picture; null where none was set." })
  @Property({ type: "text", nullable: true })
  avatarUrl: string | null = null;

  @Field(() => UserRole, { description: "What the account may do." })
  @Enum({ items: () => UserRole, type: "text", default: UserRole.USER })
  role: UserRole = UserRole.USER;

  /** Argon2id, in PHC string form; null for accounts that log in elsewhere. */
  @Property({ type: "text", nullable: true, hidden: true })
  passwordHash: string | null = null;

  @Enum({ items: () => DirectMessagePolicy, type: "text", default: DirectMessagePolicy.EVERYONE })
  directMessagePolicy: DirectMessagePolicy = DirectMessagePolicy.EVERYONE;

  /** The name under which another system knows this person: `issuer subject` of a foreign token, or a synced id. */
  @Property({ type: "text", nullable: true, unique: "users_external_id_key" })
  externalId: string | null = null;

  /** Since when nobody can log in to the account; null for one that is in use. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  deactivatedAt: Date | null = null;

  @Field(() => Boolean, {
    description:
      "Whether an administrator has deactivated the account: nobody logs in to it. What its owner wrote stays; they cannot be reached.",
  })
  get isDeactivated(): boolean {
    return this.deactivatedAt !== null;
  }

  @Field(() => Date, { description: "When the account was made." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();
}
