import { MikroORM } from "@mikro-orm/postgresql";
import { expect, test } from "vitest";

import { databaseOptions } from "../src/database/options.ts";
import { freshDatabase } from "./support/postgres.ts";

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
