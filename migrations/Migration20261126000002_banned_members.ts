import { Migration } from "@mikro-orm/migrations";

/** Who is banned is found without reading everybody who is not. */
export class Migration20261126000002_banned_members extends Migration {
  override up(): void {
    this.addSql("create index members_banned_idx on members (conversation_id, user_id) where is_banned");
  }

  override down(): void {
    this.addSql("drop index members_banned_idx");
  }
}
