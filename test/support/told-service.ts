import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startService } from '../../src/service/start.ts';
import { type Cast, newContact, pairedDeal, startDeals } from './deals.ts';
import type { Engine } from './engine.ts';
import { tokens, urlOf } from './http-service.ts';
import { type MappingChanges, withDeals, writeMappings } from './mappings.ts';
import { sqlContact } from './people.ts';
import { backfilled, reverted } from './reverts.ts';
import { handedOver } from './two-way.ts';

/** The HTTP role on a ledger in which something of everything has happened. Nobody works off what it marks. */
export type ToldService = {
  url: string;
  engine: Engine;
  cast: Cast & { failing: string; erased: string; fought: string; run: string };
  /** Changes the mapping files as an editor would, and has the service propose what they say. */
  propose(changes: MappingChanges): Promise<void>;
  close(): Promise<void>;
};

export async function startToldService(): Promise<ToldService> {
  const engine = await startDeals();
  const cast = { ...(await pairedDeal(engine)), ...(await happen(engine)) };
  const folder = mkdtempSync(join(tmpdir(), 'handoff-told-'));
  const service = await startService({
    config: loadConfig({
      DATABASE_URL: urlOf(engine.database),
      SYNC_MODE: 'live',
      MAPPINGS_DIR: writeMappings(folder, engine.salesforce, withDeals),
      PORT: '0',
      ADMIN_TOKENS: `ann:operator:${tokens.operator},dash:viewer:${tokens.viewer},eve:admin:${tokens.admin}`,
      HUBSPOT_ACCESS_TOKEN: engine.hubspot.accessToken,
      HUBSPOT_CLIENT_SECRET: engine.hubspot.clientSecret,
      HUBSPOT_BASE_URL: engine.hubspot.url,
      SALESFORCE_LOGIN_URL: engine.salesforce.url,
      SALESFORCE_CLIENT_ID: engine.salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: engine.salesforce.clientSecret,
    }),
    role: 'http',
    log: createLog('error', { write: () => undefined }),
  });
  await service.ready;
  return {
    url: service.url ?? '',
    engine,
    cast,
    async propose(changes) {
      writeMappings(folder, engine.salesforce, { ...withDeals, ...changes });
      await service.propose();
    },
    async close() {
      await service.close();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A failure, an erasure, a field that was fought over until it was frozen, a stage that moved, a run and a revert of it. */
async function happen(engine: Engine) {
  const { hubspot, salesforce, ledger } = engine;
  salesforce.addValidationRule({
    object: 'Lead',
    when: ({ Country }) => Country === 'Atlantis',
    message: 'Country must be on the list of countries we sell to.',
    field: 'Country',
  });
  const failing = newContact(engine, null, { country: 'Atlantis' });
  await engine.look(failing);

  const { id: erased } = await handedOver(engine);
  hubspot.privacyDelete(erased);
  const mark = { system: 'hubspot', object: 'contact', recordId: erased, priority: 2, source: 'webhook' } as const;
  await ledger.mark([{ ...mark, hints: ['deleted', 'erased'] }]);
  await engine.drain();

  const { id: fought, leadId } = await handedOver(engine);
  for (let round = 0; round < 4; round++) {
    salesforce.edit('Lead', leadId, { Email: 'wrong@people.example' });
    await engine.look(fought);
  }
  hubspot.editContact(fought, { lifecyclestage: 'opportunity' });
  await engine.look(fought);

  const ran = hubspot.createContact(sqlContact('ran'));
  const { id: run } = await backfilled(engine, 'contacts', ran);
  await reverted(engine, run, { created: 'keep' });
  return { failing, erased, fought, run };
}
