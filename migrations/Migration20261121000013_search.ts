import { Migration } from "@mikro-orm/migrations";

/** Words of messages, people and rooms can be searched for; src/search/search.service.ts says how. */
export class Migration20261121000013_search extends Migration {
  override up(): void {
    for (const part of [FOLD, NAMES, TEXTS, INDEX, INDEXER, SEARCH]) this.addSql(part);
  }

  override down(): void {
    this.addSql(`
drop trigger messages_search_insert on messages; drop trigger messages_search_update on messages;
drop index conversations_search_idx, users_search_idx;
create index users_display_name_idx on users (lower(display_name) text_pattern_ops);
drop table search_queue, message_search;
drop function search_messages, message_id_at, search_index, messages_search_inserted, messages_search_changed, search_query,
  search_matches, search_terms, search_lexemes, search_part, search_text, search_name_query, search_suffixes, search_fold;`);
  }
}

/**
 * The form in which texts are compared: compatible characters are one (NFKC: full and half width, ligatures), case and
 * accents do not count, nor do marks that are optional in Arabic and Hebrew, nor what is not to be seen. The dots of
 * kana are no accents and stay. It is written out, and small letters are those of a collation that is as good as the same
 * on every PostgreSQL, so that it never changes under an index; whoever changes it builds the indexes anew.
 */
const FOLD = String.raw`
do $choose$ declare
  -- The first needs PostgreSQL 17, the second one that was built with ICU.
  best name := coalesce((select min(collname) from pg_collation where collname = 'pg_c_utf8'),
    (select min(collname) from pg_collation where collname = 'und-x-icu' and collencoding = -1), 'default');
begin execute replace($define$
create function search_fold(words text) returns text language plpgsql immutable strict parallel safe cost 200 as $$
declare
  folded text;
begin
  if octet_length(words) = length(words) then
    return lower(words collate "best");
  end if;
  folded := normalize(lower(normalize(words, nfkc) collate "best"), nfd);
  folded := regexp_replace(folded,
    '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed' ||
    '\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]+',
    '', 'g');
  -- What Unicode does not take apart, and who lacks the key does not write.
  folded := translate(folded, 'øłđðħŧıĸςґىیکہھة', 'olddhtikσгييكههه');
  folded := replace(replace(replace(replace(folded, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
  return normalize(folded, nfkc);
end $$;
$define$, '"best"', quote_ident(best)); end $choose$;
`;

/** Names are found by any part of them: every end of every word is in the index, and is looked up by its beginning. */
const NAMES = String.raw`
create function search_suffixes(folded text) returns tsvector language plpgsql immutable strict parallel safe cost 500 as $$
begin return (
    select array_to_tsvector(coalesce(array_agg(distinct substr(w.word, i)), '{}'))
    from regexp_split_to_table(folded, '\s+') as w (word), generate_series(1, length(w.word)) as i);
end $$;

-- What search_suffixes of a name holds where each word of a query is a part of it; null where the query has no word.
create function search_name_query(query text) returns tsquery language plpgsql immutable strict parallel safe as $$
begin return (
    select string_agg('''' || replace(replace(w.word, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
    from regexp_split_to_table(search_fold(query), '\s+') as w (word) where w.word <> '');
end $$;

drop index users_display_name_idx;
create index users_search_idx on users
  using gin (search_suffixes(search_fold(username || ' ' || display_name))) with (fastupdate = off);
create index conversations_search_idx on conversations
  using gin (search_suffixes(search_fold(name || ' ' || slug))) with (fastupdate = off) where kind = 'ROOM';
`;

/**
 * Scripts that set no spaces between words (Chinese, Japanese, Thai and others), Korean, whose words have endings, and
 * emoji: their runs stand as they are, and any part of one is found. Other words are found by how they begin.
 */
const RUN =
  String.raw`\u0e00-\u109f\u1100-\u11ff\u1780-\u17d3\u17d7\u17dc-\u17ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff` +
  String.raw`\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\ua4cf\ua960-\ua97f` +
  String.raw`\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001fbff\U00020000-\U0003ffff`;
/** What stands between words: what is neither letter, digit nor mark, as far as it is not in RUN. */
const BETWEEN =
  String.raw`\u0001-/:-@\[-${"`"}\{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u037e\u0387\u055a-\u055f` +
  String.raw`\u0589\u058a\u05be\u05c0\u05c3\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965` +
  String.raw`\u1361-\u1368\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u2000-\u22ff\u2400-\u25ff\u27c0-\u2aff\u2e00-\u2e7f` +
  String.raw`\u3000-\u3004\u3008-\u3020\u3030\u303d-\u3040\u30a0\u30fb\ue000-\uf8ff\ufd3e\ufd3f\ufe10-\ufe6f\uff00-\uff0f` +
  String.raw`\ufff0-\uffff`;

const TEXTS = String.raw`
-- A text as words and runs with spaces around them: ' like this '.
create function search_text(content text) returns text language plpgsql immutable strict parallel safe cost 500 as $$
declare
  folded text := search_fold(content);
begin
  if octet_length(folded) = length(folded) then
    return ' ' || regexp_replace(folded, '[^a-z0-9]+', ' ', 'g') || ' ';
  end if;
  return ' ' || regexp_replace(regexp_replace(folded, '[${BETWEEN}]+', ' ', 'g'), '([${RUN}]+)', ' \1 ', 'g') || ' ';
end $$;

-- Each conversation belongs to one part of the index, and every lexeme begins with the number of its part: a search in a
-- few conversations meets a small share of all messages that have a word, and an index with a word for each conversation
-- would be several times as large.
create function search_part(conversation bigint) returns bigint language sql immutable strict parallel safe
  return conversation % 256;

-- The lexemes of a message in a part. Of a run each character with the one behind it: one character is found as their
-- beginning, more as all of their pairs. Of a word the beginning. And who sent it.
create function search_lexemes(part bigint, sender bigint, content text) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  words text := search_text(content);
  mark text := part || ':';
  signs text[];
  lexemes text[];
  run text;
begin
  if sender is not null then
    lexemes := array[part || '@' || sender];
  end if;
  if octet_length(words) > length(words) then
    for run in select r[1] from regexp_matches(words, '[${RUN}]+', 'g') r loop
      signs := string_to_array(run, null);
      for i in 1 .. cardinality(signs) loop
        lexemes := lexemes || (mark || signs[i] || coalesce(signs[i + 1], ''));
      end loop;
    end loop;
    words := regexp_replace(words, '[${RUN}]+', '', 'g');
  end if;
  if words ~ '[^ ]{33}' then
    words := regexp_replace(words, '([^ ]{32})[^ ]+', '\1', 'g');
  end if;
  words := btrim(words);
  if words <> '' then
    lexemes := lexemes || string_to_array(mark || regexp_replace(words, ' +', ' ' || mark, 'g'), ' ');
  end if;
  return array_to_tsvector(coalesce(lexemes, '{}'));
end $$;

-- What search_text of a message must hold, for each word of a query: a run, or a space and how a word begins.
create function search_terms(query text) returns text[] language sql immutable strict as $$
  select coalesce(array_agg(distinct case when token ~ '^[${RUN}]' then token else ' ' || token end), '{}')
  from string_to_table(search_text(query), ' ') as token where token <> ''
$$;

create function search_matches(content text, terms text[]) returns boolean
language plpgsql immutable strict parallel safe cost 1000 as $$
declare
  words text := search_text(content);
  term text;
begin
  foreach term in array terms loop
    if strpos(words, term) = 0 then
      return false;
    end if;
  end loop;
  return true;
end $$;

-- The lexemes of every message with all terms, as a tsquery in which ~ stands for the part. No sign that means
-- something there is in a term: they are all between words.
create function search_query(terms text[], sender bigint) returns text language sql immutable as $$
  select string_agg(q.part, ' & ') from (
    select '''~:' || left(substr(term, 2), 32) || ''':*' as part from unnest(terms) as term where term like ' %'
    union all
    select '''~:' || term || ''':*' from unnest(terms) as term where term not like ' %' and length(term) = 1
    union all
    select distinct '''~:' || substr(term, i, 2) || ''''
    from unnest(terms) as term, generate_series(1, length(term) - 1) as i where term not like ' %'
    union all
    select '''~@' || sender || '''' where sender is not null) q
$$;
`;

/**
 * The index follows the messages within a second or two (src/search/indexer.ts), so that no send waits for it; a search
 * reads the newest messages themselves. What was deleted or recalled leaves it at once.
 */
const INDEX = String.raw`
create table message_search (
  message_id bigint not null,
  conversation_id bigint not null,
  terms tsvector not null,
  primary key (message_id)
);
alter table message_search add constraint message_search_message_id_foreign
  foreign key (message_id) references messages (id) on update cascade on delete cascade;
create index message_search_terms_idx on message_search using gin (terms);

-- A row for each change, not one for each message: a change that comes while the one before it is read must not be lost.
create table search_queue (
  id bigserial primary key,
  message_id bigint not null
);

create function messages_search_inserted() returns trigger language plpgsql as $$
begin
  insert into search_queue (message_id) select id from inserted where type <> 'SYSTEM' and not is_encrypted;
  return null;
end $$;
create trigger messages_search_insert after insert on messages referencing new table as inserted
  for each statement execute function messages_search_inserted();

create function messages_search_changed() returns trigger language plpgsql as $$
begin
  if new.deleted_at is not null or new.recalled_at is not null or new.is_encrypted then
    delete from message_search where message_id = new.id;
  end if;
  insert into search_queue (message_id) values (new.id);
  return null;
end $$;
create trigger messages_search_update
  after update of content, sender_id, is_encrypted, deleted_at, recalled_at on messages
  for each row when (
    (old.content, old.sender_id, old.is_encrypted, old.deleted_at, old.recalled_at) is distinct from
    (new.content, new.sender_id, new.is_encrypted, new.deleted_at, new.recalled_at))
  execute function messages_search_changed();

insert into search_queue (message_id)
  select id from messages
  where type <> 'SYSTEM' and not is_encrypted and deleted_at is null and recalled_at is null order by id;
`;

const SEARCHABLE = "m.type <> 'SYSTEM' and not m.is_encrypted and m.deleted_at is null and m.recalled_at is null";

const INDEXER = String.raw`
-- Takes up to size changes from the queue into the index. One at a time does so: who read a message before it changed
-- could else write after who read it later. Answers how many it took.
create function search_index(size int) returns int language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  changes int;
begin
  if not pg_try_advisory_xact_lock(7305811) then
    return 0;
  end if;
  with taken as (
    delete from search_queue where id in (select id from search_queue order by id limit size) returning message_id
  ),
  changed as materialized (select distinct message_id as id from taken),
  gone as (
    delete from message_search s using changed c
    where s.message_id = c.id and not exists (select 1 from messages m where m.id = c.id and ${SEARCHABLE})
  ),
  put as (
    insert into message_search (message_id, conversation_id, terms)
    select m.id, m.conversation_id, search_lexemes(search_part(m.conversation_id), m.sender_id, m.content) from changed c join messages m on m.id = c.id
    where ${SEARCHABLE} order by m.id
    on conflict (message_id) do update set terms = excluded.terms
  )
  select count(*) into changes from taken;
  -- Searches would read the list of what is pending one by one.
  if changes > 0 then
    perform gin_clean_pending_list('message_search_terms_idx');
  end if;
  return changes;
end $$;
`;

const SEARCH = String.raw`
-- The highest id of the messages up to a time, or of some minutes after it: ids and times grow together, but for the
-- transactions that were under way side by side.
create function message_id_at(moment timestamptz) returns bigint language plpgsql stable strict as $$
declare
  low bigint := 0;
  high bigint := (select max(id) from messages);
  middle bigint;
  written timestamptz;
begin
  while low < high loop
    middle := (low + high + 1) / 2;
    select m.created_at into written from messages m where m.id >= middle order by m.id limit 1;
    if written > moment + interval '5 minutes' then
      high := middle - 1;
    else
      low := middle;
    end if;
  end loop;
  return high;
end $$;

-- The newest messages of these conversations with all terms, below the id before: up to size ids, the newest first. First the
-- newest of all messages are read, recent of them, which finds a frequent word without looking up the many messages that
-- have it; only what is rarer is looked up in the index. One row with null: it took longer than it may.
create function search_messages(
  conversations bigint[], terms text[], sender bigint, since timestamptz, until timestamptz, before bigint,
  size int, recent int, milliseconds int
) returns setof bigint language plpgsql
-- Whatever the planner thinks of tables that it has not seen yet: by the indexes, and hashed where ids are compared.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  deadline timestamptz := clock_timestamp() + make_interval(secs => milliseconds / 1000.0);
  high bigint := least(before - 1, message_id_at(until), (select max(id) from messages));
  lowest bigint := coalesce(message_id_at(since - interval '10 minutes'), 0);
  low bigint := greatest(high - recent, lowest);
  query text := search_query(terms, sender);
  found bigint[];
begin
  found := array(
    select m.id from messages m
    where m.id > low and m.id <= high and m.conversation_id = any (conversations) and ${SEARCHABLE}
      and (sender is null or m.sender_id = sender)
      and (since is null or m.created_at >= since) and (until is null or m.created_at < until)
      and clock_timestamp() < deadline and search_matches(m.content, terms)
    order by m.id desc limit size);
  if cardinality(found) < size and low > lowest then
    -- Hits are sorted by number alone, and read one after the other until the page is full.
    found := found || array(
      select m.id from (
        select s.message_id from (select distinct search_part(id) from unnest(conversations) as c (id)) as p (part)
        cross join lateral (
          select s.message_id, s.conversation_id from message_search s
          where s.terms @@ replace(query, '~', p.part::text)::tsquery offset 0) s
        where s.conversation_id = any (conversations) and s.message_id <= low and s.message_id > lowest
        order by s.message_id desc offset 0
      ) h cross join lateral (select * from messages where id = h.message_id offset 0) m
      where m.conversation_id = any (conversations) and ${SEARCHABLE}
        and (sender is null or m.sender_id = sender)
        and (since is null or m.created_at >= since) and (until is null or m.created_at < until)
        and clock_timestamp() < deadline and search_matches(m.content, terms)
      order by h.message_id desc limit size - cardinality(found));
  end if;
  if cardinality(found) < size and clock_timestamp() >= deadline then
    return next null;
  else
    return query select unnest(found);
  end if;
end $$;
`;
