import { Migration } from "@mikro-orm/migrations";

/** Files that people upload. */
export class Migration20261121000011_files extends Migration {
  override up(): void {
    this.addSql(FILES);
    this.addSql(NAMED_BY_AVATARS);
    this.addSql(OBJECTS_FOLLOW);
    this.addSql(LOOKED_AT);
  }

  override down(): void {
    throw new Error("Messages carry files by now, which the schema before this one cannot hold.");
  }
}

const FILES = `
create table files (
  id bigserial primary key,
  owner_id bigint not null,
  token text not null,
  name text not null,
  mime_type text not null,
  size bigint not null,
  width int null,
  height int null,
  thumbnail_size int null,
  created_at timestamptz(3) not null default now()
);
alter table files add constraint files_token_key unique (token);
create index files_owner_id_idx on files (owner_id, id);
create index files_created_at_idx on files (created_at);
alter table files add constraint files_owner_id_foreign foreign key (owner_id) references users (id) on delete cascade;

create index messages_file_id_idx on messages (file_id) where file_id is not null;
alter table messages add constraint messages_file_id_foreign foreign key (file_id) references files (id) on delete set null;
`;

/** Pictures of people and conversations are addresses; those of our own files have the file's token in them. */
const NAMED_BY_AVATARS = `
create function file_token(url text) returns text language sql immutable parallel safe
  return substring(url from '/files/([A-Za-z0-9_-]{32})/');
create index users_avatar_file_idx on users (file_token(avatar_url)) where avatar_url is not null;
create index conversations_avatar_file_idx on conversations (file_token(avatar_url)) where avatar_url is not null;
`;

/** However a row goes, what it stood for goes too: after the commit, and though the server is killed meanwhile. */
const OBJECTS_FOLLOW = `
create function files_leave_objects() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('removeObjects', json_build_object('token', old.token), job_key => 'objects:' || old.token);
  return null;
end $$;
create trigger files_leave_objects after delete on files for each row execute function files_leave_objects();
`;

/** Whenever something ceases to name a file, it is looked at whether anything else does; not before it is a day old. */
const LOOKED_AT = `
create function look_at_file(file bigint, created timestamptz) returns void language plpgsql as $$
begin
  perform graphile_worker.add_job('sweepFile', json_build_object('fileId', file),
    run_at => greatest(now(), created + interval '1 day'), job_key => 'sweepFile:' || file);
end $$;

create function messages_leave_files() returns trigger language plpgsql as $$
begin
  perform look_at_file(f.id, f.created_at) from files f where f.id = old.file_id;
  return null;
end $$;
create trigger messages_leave_files after update of deleted_at, recalled_at or delete on messages
  for each row when (old.file_id is not null) execute function messages_leave_files();

create function avatars_leave_files() returns trigger language plpgsql as $$
begin
  perform look_at_file(f.id, f.created_at) from files f where f.token = file_token(old.avatar_url);
  return null;
end $$;
create trigger avatars_leave_files after update of avatar_url or delete on users
  for each row when (old.avatar_url is not null) execute function avatars_leave_files();
create trigger avatars_leave_files after update of avatar_url or delete on conversations
  for each row when (old.avatar_url is not null) execute function avatars_leave_files();
`;
