import { Migration } from "@mikro-orm/migrations";

/** People are found by how their display name begins, too. */
export class Migration20261121000005_user_search extends Migration {
  override up(): void {
    this.addSql("create index users_display_name_idx on users (lower(display_name) text_pattern_ops)");
  }

  override down(): void {
    this.addSql("drop index users_display_name_idx");
  }
}
