import { resolve } from 'node:path';
import type pg from 'pg';
import type { LedgerConfig } from '../config.ts';
import type { ServiceLog } from '../log.ts';
import { chooseDataDir, type EmbeddedPostgres, startEmbedded } from '../store/embedded.ts';
import { createPool, type DatabaseSettings } from '../store/pool.ts';

/** The database of the ledger, and of the queue where no Redis is set. */
export type Database = {
  /** Null with `DATABASE_URL`. */
  embedded: EmbeddedPostgres | null;
  settings: DatabaseSettings;
  pool: pg.Pool;
  /** Closes the pool; the last user of an embedded PostgreSQL stops it. */
  close(): Promise<void>;
};

/** The folder for what Handoff keeps on this machine. */
export function dataDirOf(config: Pick<LedgerConfig, 'dataDir'>): string {
  return config.dataDir ?? chooseDataDir(resolve('data'));
}

/**
 * Opens a pool on `DATABASE_URL`, or starts or joins the embedded PostgreSQL. A database that is away shows at the first statement only.
 * @throws SyncError needs-human when the embedded PostgreSQL cannot run here
 */
export async function openDatabase(config: LedgerConfig, log: ServiceLog): Promise<Database> {
  if (config.databaseUrl !== null) {
    const settings = { connectionString: config.databaseUrl.reveal() };
    const pool = createPool({ database: settings, log });
    return { embedded: null, settings, pool, close: async () => await pool.end() };
  }
  const embedded = await startEmbedded({ dataDir: dataDirOf(config), log });
  const pool = createPool({ database: embedded.connection, log });
  return {
    embedded,
    settings: embedded.connection,
    pool,
    async close() {
      await pool.end();
      await embedded.stop();
    },
  };
}
