import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { User } from "./user.ts";

/**
 * The keys by which somebody's messages are encrypted end to end. They stand apart from the account, which is loaded
 * for every message: no statement that reads other people touches what only the owner may have.
 */
@Entity({ tableName: "user_keys" })
export class UserKeys {
  [PrimaryKeyProp]?: "userId";

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    primary: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: false,
  })
  userId!: number;

  @Property({ type: "text" })
  publicKey!: string;

  /** Encrypted by the owner's client with what the server never has; handed to the owner alone. */
  @Property({ type: "text", nullable: true, hidden: true, lazy: true })
  encryptedPrivateKey: string | null = null;

  /** 1, 2, 3 …: counts the public keys. */
  @Property({ type: "integer", default: 1 })
  version: number = 1;

  /** The version up to which direct conversations were told of a change. */
  @Property({ type: "integer", default: 1 })
  notedVersion: number = 1;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  publishedAt: Date = new Date();

  /** When the hour began in which changes are counted, and how many there were in it. */
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  hourBeganAt: Date = new Date();

  @Property({ type: "integer", default: 1 })
  hourChanges: number = 1;
}
