/** The condition under which a message that still speaks carries a file `f`. */
const CARRIED =
  "exists (select 1 from messages m where m.file_id = f.id and m.deleted_at is null and m.recalled_at is null)";

/**
 * The condition under which a file `f` is in use: a message that still speaks carries it, or it is somebody's or some
 * conversation's picture. Whatever ends such a use has the file looked at: triggers of the database see to that.
 */
export const IN_USE = `(
  ${CARRIED}
  or exists (select 1 from users u where u.avatar_url is not null and file_token(u.avatar_url) = f.token)
  or exists (select 1 from conversations c where c.avatar_url is not null and file_token(c.avatar_url) = f.token))`;

/**
 * The condition under which a file `f` is kept though it is not in use: its owner has yet to send a message with it (of
 * others' messages that will fail: they do not see it any more), or one that carried it was reported and nobody has looked
 * at the report.
 */
export const AWAITED = `(
  exists (select 1 from scheduled_messages s where s.file_id = f.id and s.user_id = f.owner_id)
  or exists (select 1 from messages m join message_reports r on r.message_id = m.id and r.state = 'OPEN'
    where m.file_id = f.id))`;

/**
 * The condition under which a file `f` is the picture of its owner, or of a conversation that its owner looks after. Anybody
 * may make any address their picture: that must not open again what its owner took back.
 */
const PICTURE_OF_OWNER = `(
  exists (select 1 from users u where u.id = f.owner_id and file_token(u.avatar_url) = f.token)
  or exists (select 1 from conversations c join members o on o.conversation_id = c.id and o.user_id = f.owner_id
    where file_token(c.avatar_url) = f.token and c.avatar_url is not null and o.left_at is null and o.role <> 'MEMBER'))`;

/**
 * The condition under which the address of a file `f` opens it: its owner never sent it, or a message carries it, or it is
 * a picture of its owner's choice, or kept. What its owner took back with every message that carried it is gone for whoever
 * has the address still; that others sent it on and took that back closes no picture.
 */
export const OPEN = `(not exists (select 1 from messages m where m.file_id = f.id and m.sender_id = f.owner_id)
  or ${CARRIED} or ${PICTURE_OF_OWNER} or ${AWAITED})`;
