import { Pool } from "pg";

/** The table of messages without its foreign keys: the same columns, indexes and checks. */
export const MAKE_TABLE = "create table if not exists bare_messages (like messages including all)";

/** As many as the product has. */
const CONNECTIONS = 10;
const FINGERPRINT = Buffer.alloc(32, 7);

// Prepared once a connection, which is the fastest that node-postgres has for single rows.
const INSERT = {
  name: "insert",
  text: `insert into bare_messages (conversation_id, seq, position, added_position, sender_id, type, content,
    client_message_id, fingerprint) values ($1, $2, $2, $2, $3, 'TEXT', $4, $5, $6) returning id, created_at`,
};

/** Writes rows one by one. What the product reads and locks to number a message is counted here in memory. */
export class Inserts {
  readonly #pool: Pool;
  readonly #seqs = new Map<number, number>();

  constructor(databaseUrl: string) {
    this.#pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  }

  /** Goes on with the numbers that an earlier process has reached. */
  async begin(): Promise<void> {
    await this.#pool.query(MAKE_TABLE);
    const { rows } = await this.#pool.query<{ room: string; seq: string }>(
      "select conversation_id as room, max(seq) as seq from bare_messages group by 1",
    );
    for (const { room, seq } of rows) this.#seqs.set(Number(room), Number(seq));
  }

  /** Resolves when the row is on disk. */
  async add(room: number, sender: number, content: string, clientMessageId: string): Promise<void> {
    const seq = (this.#seqs.get(room) ?? 0) + 1;
    this.#seqs.set(room, seq);
    await this.#pool.query({ ...INSERT, values: [room, seq, sender, content, clientMessageId, FINGERPRINT] });
  }
}
