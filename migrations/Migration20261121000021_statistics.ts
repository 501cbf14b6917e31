import { Migration } from "@mikro-orm/migrations";

/** What statistics count by. */
export class Migration20261121000021_statistics extends Migration {
  override up(): void {
    this.addSql(COUNTS);
    this.addSql(FIRST_SINCE);
  }

  override down(): void {
    throw new Error("The writer counts what members send, which the schema before this one has no place for.");
  }
}

/** No index sees how many messages a member sent: the row that changes with each of them anyway stays in its page. */
const COUNTS = `
alter table members add column sent bigint not null default '0';
update members m set sent = t.n
  from (select conversation_id, sender_id, count(*) as n from messages where sender_id is not null group by 1, 2) t
  where m.conversation_id = t.conversation_id and m.user_id = t.sender_id;
create index members_left_idx on members (user_id) where left_at is not null;
create index users_created_at_idx on users (created_at);
`;

/**
 * Ids are given out in the order of time, but for what is being written at the same moment; a conversation's numbers
 * exactly so. Where a day begins is found by halving, in some twenty looks at an index, and no day is counted through.
 * Where the oldest messages were dropped, the days before the first one that is left have none.
 */
const FIRST_SINCE = `
create function first_id_since(of regclass, since timestamptz) returns bigint language plpgsql stable as $$
declare
  low bigint;
  high bigint;
  middle bigint;
  found_id bigint;
  found_at timestamptz;
begin
  execute format('select coalesce(min(id), 1), coalesce(max(id), 0) + 1 from %s', of) into low, high;
  while low < high loop
    middle := (low + high) / 2;
    execute format('select id, created_at from %s where id >= $1 order by id limit 1', of)
      into found_id, found_at using middle;
    if found_id is null or found_at >= since then high := middle; else low := found_id + 1; end if;
  end loop;
  return low;
end $$;

create function first_seq_since(of bigint, since timestamptz) returns bigint language plpgsql stable as $$
declare
  low bigint;
  high bigint;
  middle bigint;
  found_seq bigint;
  found_at timestamptz;
begin
  select coalesce(min(seq), 1), coalesce(max(seq), 0) + 1 into low, high from messages where conversation_id = of;
  while low < high loop
    middle := (low + high) / 2;
    select seq, created_at into found_seq, found_at from messages
      where conversation_id = of and seq >= middle order by seq limit 1;
    if found_seq is null or found_at >= since then high := middle; else low := found_seq + 1; end if;
  end loop;
  return low;
end $$;
`;
