import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import { type WalkedRow, walkRows } from '../walk-rows.ts';
import type { CompareContext, PageStep } from './comparison.ts';
import { countRead } from './drift.ts';
import { judgeCounterparts } from './judge-counterparts.ts';
import { comparedKind } from './moved-values.ts';
import type { Position } from './position.ts';

type Of = { object: SalesforceObject; of: HubSpotObject };

/** Only rows that carry an id of ours: the others are nobody's we know. */
const filter = { hubspotId: 'set' } as const;

/** A page of Leads, Contacts, Accounts or Opportunities that carry our id. */
export async function compareSalesforce(context: CompareContext, part: Of, position: Position): Promise<PageStep> {
  const { dependencies, run, spend } = context;
  const { ledger, salesforce, mapping } = dependencies;
  const { object, of } = part;
  const facts = await dependencies.facts(spend);
  const expected = position.expected ?? (await salesforce.countRows(object, filter, spend));
  const question = { filter, fields: fieldsOf(context, part, facts), cursor: position.rows, expected };
  const { rows, next, waitMs } = await walkRows(salesforce, object, question, spend);
  const here = { ...position, expected };
  // A Bulk job that was begun is kept in the cursor, or the next step would begin another one.
  const waits = waitMs > 0 ? { waitMs } : {};
  const [known, seen] = await Promise.all([
    ledger.comparedCounterparts(
      object,
      rows.map(({ id }) => id),
    ),
    ledger.seenIn(run.id, { system: 'hubspot', object: of, ids: idsOfOurs(rows) }),
  ]);
  const strangers = idsOfOurs(rows.filter(({ id }) => !known.has(id))).filter((id) => seen.has(id));
  const facing = await ledger.comparedRecords(of, strangers);
  const failedAtMs = new Map([...facing].map(([id, record]) => [id, record.failedAtMs]));
  const kind = comparedKind(mapping, of, facts.fieldFacts);
  return {
    kind: 'compared',
    page: {
      found: judgeCounterparts(rows, known, { mapping, kind, startedAtMs: run.startedAtMs, seen, failedAtMs }),
      counts: [countRead('salesforce', object, rows.length)],
      seen: { system: 'salesforce', object, ids: rows.map(({ id }) => id) },
      next: next === null ? null : { ...here, rows: next },
      ...waits,
    },
  };
}

function fieldsOf(
  { dependencies: { mapping } }: CompareContext,
  { object }: Of,
  { deal }: OrgFacts,
): readonly string[] {
  if (object === 'Lead' || object === 'Contact') return mapping.contact.salesforceFields[object];
  if (object === 'Account') return mapping.company.salesforceFields;
  const hasCurrencies = deal !== null && deal.orgCurrencies !== null;
  return hasCurrencies ? [...mapping.deal.salesforceFields, currencyField] : mapping.deal.salesforceFields;
}

function idsOfOurs(rows: readonly WalkedRow[]): string[] {
  return [...new Set(rows.flatMap(({ externalId }) => externalId ?? []))];
}
