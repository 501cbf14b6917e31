import { MikroORM } from "@mikro-orm/postgresql";
import { Client } from "pg";
import { expect, test } from "vitest";

import { migrate } from "../src/database/migrate.ts";
import { databaseOptions } from "../src/database/options.ts";
import { bareDatabase, freshDatabase } from "./support/postgres.ts";

/** What migrations make beside tables, and entities do not speak of. */
const BESIDE_TABLES = /^(set names|drop trigger|drop function)/;

test("the migrations make the tables that the entities declare", async () => {
  const database = await freshDatabase();
  const orm = new MikroORM(databaseOptions(database.url, 2));
  try {
    const difference = await orm.schema.getUpdateSchemaSQL({ safe: false });
    const statements = difference.split("\n").filter((line) => line.trim() !== "" && !BESIDE_TABLES.test(line));
    expect(statements).toEqual([]);
  } finally {
    await orm.close();
    await database.drop();
  }
});

/** The last migration of the core alone: accounts, conversations and messages. */
const CORE = "Migration20261121000005_user_search";

const SEED = `
insert into users (username, display_name) values ('ann', 'Ann'), ('bob', 'Bob');
insert into conversations (kind, direct_key) values ('DIRECT', '1:2');
insert into members (conversation_id, user_id) select max(c.id), u.id from conversations c, users u group by u.id;`;

const sends = (client: string): string =>
  JSON.stringify([
    { ord: 0, conversation: 2, sender: 1, type: "TEXT", content: client, encrypted: false, client, fingerprint: "00" },
  ]);

test("a database with messages in it, made before all but the core, comes up to the newest schema", async () => {
  const database = await bareDatabase();
  const client = new Client({ connectionString: database.url });
  try {
    const orm = new MikroORM(databaseOptions(database.url, 2));
    await orm.migrator.up({ to: CORE });
    await orm.close();
    await client.connect();
    await client.query(SEED);
    await client.query("select * from write_messages($1)", [sends("before")]);

    await migrate(database.url);

    const written = await client.query("select outcome, seq from write_messages($1)", [sends("after")]);
    expect(written.rows).toEqual([{ outcome: "WRITTEN", seq: "2" }]);
    const sent = await client.query("select sent from members where conversation_id = 2 order by user_id");
    expect(sent.rows).toEqual([{ sent: "2" }, { sent: "0" }]);
    const told = await client.query("select position from notify_positions where conversation_id = 2");
    expect(told.rows).toEqual([{ position: "1" }]);
    const searched = await client.query("select message_id from search_queue order by id");
    expect(searched.rows).toHaveLength(2);
    await client.query("update users set deactivated_at = now() where id = 2");
    const refused = await client.query("select outcome from write_messages($1)", [sends("to nobody")]);
    expect(refused.rows).toEqual([{ outcome: "REFUSED" }]);
  } finally {
    await client.end();
    await database.drop();
  }
});
