/**
 * The condition under which a file `f` is in use: a message that still speaks carries it, or it is somebody's or some
 * conversation's picture.
 */
export const IN_USE = `(
  exists (select 1 from messages m where m.file_id = f.id and m.deleted_at is null and m.recalled_at is null)
  or exists (select 1 from users u where u.avatar_url is not null and file_token(u.avatar_url) = f.token)
  or exists (select 1 from conversations c where c.avatar_url is not null and file_token(c.avatar_url) = f.token))`;
