/**
 * The condition under which a file `f` is in use: a message that still speaks carries it, or it is somebody's or some
 * conversation's picture. Whatever ends such a use has the file looked at: triggers of the database see to that.
 */
export const IN_USE = `(
  exists (select 1 from messages m where m.file_id = f.id and m.deleted_at is null and m.recalled_at is null)
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
 * The condition under which the address of a file `f` opens it: it was never sent, or it is in use, or kept. What was taken
 * back with every message that carried it is gone for whoever has the address still.
 */
export const OPEN = `(not exists (select 1 from messages m where m.file_id = f.id) or ${IN_USE} or ${AWAITED})`;
