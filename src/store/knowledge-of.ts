import type { PersonReference, SalesforceReference } from '../domain/record.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { Knowledge, KnowledgeLedger } from '../ports/ledger-knowledge.ts';
import type { LedgerContext } from './context.ts';
import { readKnowledge } from './pair-knowledge.ts';
import { asLedger } from './pool.ts';

const linkSql = `
select record_id as "recordId", pair_id::text as "pairId" from links
where connection_id = $1 and system = $2 and object = $3 and record_id = any($4) and pair_id is not null`;

const pairsSql = `
select r.id::text as "pairId", l.record_id as "recordId"
from pairs r join links l on l.pair_id = r.id and l.system = 'hubspot' and l.object = r.object and l.status = 'live'
where r.connection_id = $1 and r.object = $2 and r.id > $3::bigint and r.person_id is not null
  and ($5::float8 is null
       or exists (select from writes w where w.pair_id = r.id and w.at >= to_timestamp($5::float8 / 1000)))
order by r.id limit $4`;

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
    pairsAfter: (object, after, limit, writtenSinceMs) =>
      asLedger(async () => {
        const values = [connectionId, object, after ?? '0', limit, writtenSinceMs ?? null];
        const text = pairsSql;
        return (await pool.query<{ pairId: string; recordId: string }>({ name: 'pairs-after', text, values })).rows;
      }),
  };
}
