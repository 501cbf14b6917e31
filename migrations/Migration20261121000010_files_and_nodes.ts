import { Migration } from "@mikro-orm/migrations";

/** Messages that carry a file or are forwarded, and the list of nodes that run. */
export class Migration20261121000010_files_and_nodes extends Migration {
  override up(): void {
    this.addSql(COLUMNS);
    this.addSql(NODES);
  }

  override down(): void {
    throw new Error("Messages may carry files and sources by now, which the schema before this one cannot hold.");
  }
}

const COLUMNS = `
alter table messages add column file_id bigint null, add column forwarded_from_id bigint null;
`;

/** Nothing is lost with it: the nodes that live say so every few seconds. */
const NODES = `
create unlogged table nodes (
  id uuid not null,
  job_pool text null,
  seen_at timestamptz(3) not null default now(),
  primary key (id)
);
`;
