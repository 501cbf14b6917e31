import { Migration } from "@mikro-orm/migrations";

/** Calls with their parties, and the keys for end-to-end encryption. */
export class Migration20261121000016_calls_and_keys extends Migration {
  override up(): void {
    this.addSql(CALLS);
    this.addSql(KEYS);
    this.addSql(WHO_IS_OUT);
  }

  override down(): void {
    this.addSql("drop trigger calls_block on blocks");
    this.addSql("drop trigger calls_member_out on members");
    this.addSql("drop table user_keys");
    this.addSql("drop table call_parties");
    this.addSql("drop table calls");
    this.addSql("drop function calls_block()");
    this.addSql("drop function calls_member_out()");
    this.addSql("drop function calls_gone()");
  }
}

const CALLS = `
create table calls (
  id bigserial primary key,
  conversation_id bigint not null,
  media text not null,
  state text not null default 'RINGING',
  end_reason text null,
  started_by_id bigint null,
  started_at timestamptz(3) not null default now(),
  answered_at timestamptz(3) null,
  ended_at timestamptz(3) null
);
create index calls_conversation_id_idx on calls (conversation_id);
create unique index calls_running_key on calls (conversation_id) where state <> 'ENDED';
create index calls_started_by_id_idx on calls (started_by_id, started_at);
create index calls_ended_at_idx on calls (ended_at) where ended_at is not null;
alter table calls add constraint calls_media_check check (media in ('VOICE', 'VIDEO'));
alter table calls add constraint calls_state_check check (state in ('RINGING', 'ACTIVE', 'ENDED'));
alter table calls add constraint calls_end_reason_check check (end_reason in ('HUNG_UP', 'DECLINED', 'BUSY', 'CANCELLED', 'MISSED', 'CONNECTION_LOST'));

create table call_parties (
  call_id bigint not null,
  user_id bigint not null,
  state text not null default 'RINGING',
  device text null,
  node_id uuid null,
  lost_at timestamptz(3) null,
  joined_at timestamptz(3) null,
  left_at timestamptz(3) null,
  primary key (call_id, user_id)
);
create index call_parties_open_idx on call_parties (user_id) where state in ('RINGING', 'JOINED');
create unique index call_parties_joined_key on call_parties (user_id) where state = 'JOINED';
create index call_parties_node_id_idx on call_parties (node_id) where state = 'JOINED';
create index call_parties_lost_at_idx on call_parties (lost_at) where state = 'JOINED' and lost_at is not null;
alter table call_parties add constraint call_parties_state_check check (state in ('RINGING', 'JOINED', 'DECLINED', 'BUSY', 'MISSED', 'LEFT'));

alter table calls add constraint calls_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table calls add constraint calls_started_by_id_foreign foreign key (started_by_id) references users (id) on delete set null;
alter table call_parties add constraint call_parties_call_id_foreign foreign key (call_id) references calls (id) on update cascade on delete cascade;
alter table call_parties add constraint call_parties_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
`;

const KEYS = `
create table user_keys (
  user_id bigint not null,
  public_key text not null,
  encrypted_private_key text null,
  version int not null default 1,
  noted_version int not null default 1,
  published_at timestamptz(3) not null default now(),
  hour_began_at timestamptz(3) not null default now(),
  hour_changes int not null default 1,
  primary key (user_id)
);
alter table user_keys add constraint user_keys_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
`;

/** Whoever loses the right to be in a call is taken out of it by a job that the same transaction queues, whatever door it came by. */
const WHO_IS_OUT = `
create function calls_member_out() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('callPartyOut', json_build_object('callId', p.call_id, 'userId', p.user_id))
  from calls c join call_parties p on p.call_id = c.id
  where c.conversation_id = new.conversation_id and c.state <> 'ENDED'
    and p.user_id = new.user_id and p.state in ('RINGING', 'JOINED');
  return null;
end $$;
create trigger calls_member_out after update of left_at on members
  for each row when (old.left_at is null and new.left_at is not null) execute function calls_member_out();

-- Between two people only: in a group they stay, and write to each other as before.
create function calls_block() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('callPartyOut', json_build_object('callId', p.call_id, 'userId', p.user_id))
  from conversations v
  join calls c on c.conversation_id = v.id and c.state <> 'ENDED'
  join call_parties p on p.call_id = c.id and p.user_id = new.user_id and p.state in ('RINGING', 'JOINED')
  where v.direct_key = least(new.user_id, new.blocked_id) || ':' || greatest(new.user_id, new.blocked_id);
  return null;
end $$;
create trigger calls_block after insert on blocks for each row execute function calls_block();

-- A conversation that is deleted takes its call along; those who were in it are told.
create function calls_gone() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('callGone', json_build_object('callId', old.id, 'userIds', (
    select json_agg(p.user_id) from call_parties p where p.call_id = old.id)));
  return old;
end $$;
create trigger calls_gone before delete on calls
  for each row when (old.state <> 'ENDED') execute function calls_gone();
`;
