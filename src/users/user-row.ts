import { time, timeOrNull } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import { type DirectMessagePolicy, User, type UserRole } from "./user.ts";

/** The columns that {@link userFrom} reads. */
export const USER_COLUMNS =
  "id, username, display_name, email, phone, avatar_url, role, password_hash, direct_message_policy, external_id, " +
  "deactivated_at, created_at, updated_at";

/** A user as a statement brought them: every live event loads its sender, and the ORM takes seven times as long. */
export function userFrom(row: Row): User {
  return Object.assign(new User(), {
    id: Number(row.id),
    username: row.username as string,
    displayName: row.display_name as string,
    email: row.email as string | null,
    phone: row.phone as string | null,
    avatarUrl: row.avatar_url as string | null,
    role: row.role as UserRole,
    passwordHash: row.password_hash as string | null,
    directMessagePolicy: row.direct_message_policy as DirectMessagePolicy,
    externalId: row.external_id as string | null,
    deactivatedAt: timeOrNull(row.deactivated_at),
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  });
}
