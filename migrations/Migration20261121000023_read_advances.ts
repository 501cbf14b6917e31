import { Migration } from "@mikro-orm/migrations";

/**
 * Read advances without foreign keys. The writer adds them for many senders at once while it holds their conversations,
 * so nothing they refer to can go meanwhile; checking each of them again took a quarter of the statement.
 */
export class Migration20261121000023_read_advances extends Migration {
  override up(): void {
    this.addSql(`
alter table read_advances drop constraint read_advances_conversation_id_foreign;
alter table read_advances drop constraint read_advances_user_id_foreign;

create function conversations_forget_reading() returns trigger language plpgsql as $$
begin
  delete from read_advances where conversation_id = old.id;
  return null;
end $$;
create trigger conversations_forget_reading after delete on conversations
  for each row execute function conversations_forget_reading();

-- Before their memberships go, by which the rows are found.
create function users_forget_reading() returns trigger language plpgsql as $$
begin
  delete from read_advances a using members m
    where m.user_id = old.id and a.conversation_id = m.conversation_id and a.user_id = old.id;
  return old;
end $$;
create trigger users_forget_reading before delete on users for each row execute function users_forget_reading();
`);
  }

  override down(): void {
    this.addSql(`
drop trigger users_forget_reading on users;
drop trigger conversations_forget_reading on conversations;
drop function users_forget_reading();
drop function conversations_forget_reading();
alter table read_advances add constraint read_advances_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table read_advances add constraint read_advances_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
`);
  }
}
