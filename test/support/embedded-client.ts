import { startEmbedded } from '../../src/store/embedded.ts';
import { createPool } from '../../src/store/pool.ts';

/** A process that uses the cluster in the folder given, tells its parent, and leaves when told `stop`; the parent may kill it before. */
const embedded = await startEmbedded({ dataDir: process.argv[2] ?? '' });
const pool = createPool({ database: embedded.connection });
const { rows } = await pool.query<{ started: string }>('select pg_postmaster_start_time()::text as started');
process.send?.({ how: embedded.how, started: rows[0]?.started });
process.once('message', async () => {
  await pool.end();
  process.send?.({ left: await embedded.stop() });
  process.disconnect();
});
