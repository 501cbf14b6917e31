import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

import { bigint } from "../kernel/columns.ts";
import { User } from "../users/user.ts";
import { PresenceStatus } from "./presence-status.ts";

/**
 * By what somebody is here: connections to a node, for as long as the node lives, or a login that was used over HTTP,
 * for some time. Whoever has a row that has not run out is here. Unlogged: it is all known elsewhere, or soon again.
 */
@Entity({ tableName: "presence_sources" })
@Index({
  name: "presence_sources_node_id_idx",
  expression: "create index presence_sources_node_id_idx on presence_sources (node_id) where node_id is not null",
})
@Index({
  name: "presence_sources_until_idx",
  expression: "create index presence_sources_until_idx on presence_sources (until) where until is not null",
})
export class PresenceSource {
  [PrimaryKeyProp]?: ["userId", "source"];

  @PrimaryKey({ type: bigint() })
  userId!: number;

  /** The node's id or the login's. */
  @PrimaryKey({ type: "uuid" })
  source!: string;

  @Property({ type: "uuid", nullable: true })
  nodeId: string | null = null;

  /** When it runs out; null for as long as the node lives. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  until: Date | null = null;
}

/** How much hangs on a node, by door, for administrators. Unlogged. */
@Entity({ tableName: "node_connections" })
export class NodeConnections {
  [PrimaryKeyProp]?: ["nodeId", "door"];

  @PrimaryKey({ type: "uuid" })
  nodeId!: string;

  @PrimaryKey({ type: "text" })
  door!: string;

  @Property({ type: "integer", default: 0 })
  connections: number = 0;

  @Property({ type: "integer", default: 0 })
  subscriptions: number = 0;
}

/** Who has a room open by which node: a row for each node, however many connections there are. Unlogged. */
@Entity({ tableName: "room_attendance" })
@Index({ name: "room_attendance_node_id_idx", properties: ["nodeId"] })
export class RoomAttendee {
  [PrimaryKeyProp]?: ["conversationId", "userId", "nodeId"];

  @PrimaryKey({ type: bigint() })
  conversationId!: number;

  @PrimaryKey({ type: bigint() })
  userId!: number;

  @PrimaryKey({ type: "uuid" })
  nodeId!: string;
}

/** What somebody chose to be shown as, and when they were last active. Who never chose and never was has none. */
@Entity({ tableName: "user_statuses" })
export class UserStatus {
  [PrimaryKeyProp]?: "userId";

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  @Enum({ items: () => PresenceStatus, type: "text", default: PresenceStatus.ONLINE })
  chosen: PresenceStatus = PresenceStatus.ONLINE;

  /** Stands still while they choose to be shown as OFFLINE, as it would if they were. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  activeAt: Date | null = null;
}
