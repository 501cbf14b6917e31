/**
 * The condition under which a message `x` after the reading position of a member `m` is unread: another member sent it,
 * and it was not deleted or recalled. What the server itself wrote, joins and renames, has no sender and asks for
 * nobody's attention.
 */
export const UNREAD = "x.sender_id <> m.user_id and x.deleted_at is null and x.recalled_at is null";
