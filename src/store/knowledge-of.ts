import type { PersonReference, SalesforceReference } from '../domain/record.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { Knowledge, KnowledgeLedger } from '../ports/ledger-knowledge.ts';
import type { LedgerContext } from './context.ts';
import { readKnowledge } from './pair-knowledge.ts';
import { asLedger } from './pool.ts';

const linkSql = `
select record_id as "recordId", pair_id::text as "pairId" from links
where connection_id = $1 and system = $2 and object = $3 and record_id = any($4) and pair_id is not null`;

/** Reads what claims of these records would tell of their pairs, without claiming them. Two statements, whatever their number. */
export function createKnowledgeLedger({ pool, connectionId }: LedgerContext): KnowledgeLedger {
  return {
    async knowledgeOf<Reference extends SalesforceReference = PersonReference>(
      { system, object }: RecordType,
      recordIds: readonly string[],
    ): Promise<ReadonlyMap<string, Knowledge<Reference>>> {
      if (recordIds.length === 0) return new Map();
      return await asLedger(async () => {
        const { rows } = await pool.query<{ recordId: string; pairId: string }>({
          name: 'links-of-records',
          text: linkSql,
          values: [connectionId, system, object, recordIds],
        });
        const pairs = await readKnowledge<Reference>(pool, [...new Set(rows.map(({ pairId }) => pairId))]);
        return new Map(rows.map(({ recordId, pairId }) => [recordId, { pairId, pair: pairs.get(pairId) ?? null }]));
      });
    },
  };
}
