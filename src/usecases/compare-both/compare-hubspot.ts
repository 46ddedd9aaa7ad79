import { type HubSpotObject, pluralOf } from '../../domain/record.ts';
import type { CompareContext, PageStep } from './comparison.ts';
import { countRead } from './drift.ts';
import { judgeRecords } from './judge-records.ts';
import { comparedKind } from './moved-values.ts';
import type { Position } from './position.ts';

/** A page of 200 contacts, companies or deals: one call, one question to the ledger. */
export async function compareHubSpot(
  { dependencies, run, spend }: CompareContext,
  { object }: { object: HubSpotObject },
  position: Position,
): Promise<PageStep> {
  const { hubspot, ledger, mapping } = dependencies;
  const question = { filter: {}, properties: mapping[object].hubspotProperties, afterId: position.afterId };
  const { records, nextAfterId } = await hubspot.walk(pluralOf[object], question, spend);
  const ids = records.map(({ id }) => id);
  const [known, ledgerSinceMs, facts] = await Promise.all([
    ledger.comparedRecords(object, ids),
    ledger.ledgerSinceMs(),
    dependencies.facts(spend),
  ]);
  const kind = comparedKind(mapping, object, facts.fieldFacts);
  return {
    kind: 'compared',
    page: {
      found: judgeRecords(records, known, { mapping, kind, startedAtMs: run.startedAtMs, ledgerSinceMs }),
      counts: [countRead('hubspot', object, records.length)],
      seen: { system: 'hubspot', object, ids },
      next: nextAfterId === null ? null : { ...position, afterId: nextAfterId },
    },
  };
}
