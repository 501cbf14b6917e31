import { Client } from "pg";

import { rowId } from "../../../src/kernel/ids.ts";

/** Somebody at the database beside the servers, who holds locks and ends connections. */
export interface Meddler extends AsyncDisposable {
  readonly client: Client;
  /** Holds a conversation's row, so that nothing is written into its log, until it is given free. */
  hold(conversationId: string): Promise<void>;
  commit(): Promise<void>;
}

export async function meddler(url: string): Promise<Meddler> {
  const client = new Client(url);
  await client.connect();
  return {
    client,
    async hold(conversationId) {
      const id = rowId("conversation", conversationId, "conversationId");
      await client.query("begin");
      await client.query("select 1 from conversations where id = $1 for update", [id]);
    },
    async commit() {
      await client.query("commit");
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
}

/** Ends the connections on which a statement waits for a lock. @returns how many */
export async function endBlocked(observer: Client): Promise<number> {
  const { rowCount } = await observer.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

/** Ends all other connections that are in the middle of a statement. @returns how many */
export async function endBusy(observer: Client): Promise<number> {
  const { rowCount } = await observer.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`,
  );
  return rowCount ?? 0;
}
