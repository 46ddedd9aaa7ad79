import { type FieldNames, lostBases } from '../../domain/mapping/lost-bases.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { SalesforceReference } from '../../domain/record.ts';
import type { Knowledge, KnowledgeLedger } from '../../ports/ledger-knowledge.ts';
import { fieldPairs } from '../field-pairs.ts';

/** The ledger as it would tell of pairs once the proposed mapping has been activated and is applied to them. Writes nothing. */
export function afterActivation<Ledger extends KnowledgeLedger>(
  ledger: Ledger,
  active: CompiledMapping,
  proposed: CompiledMapping,
): Ledger {
  if (active.hash === proposed.hash) return ledger;
  const lost: ReadonlyMap<string, FieldNames> = lostBases(fieldPairs(active), fieldPairs(proposed), true);
  const knowledgeOf: KnowledgeLedger['knowledgeOf'] = async <Reference extends SalesforceReference>(
    ...[of, recordIds]: Parameters<KnowledgeLedger['knowledgeOf']>
  ) => {
    const known = await ledger.knowledgeOf<Reference>(of, recordIds);
    const names = lost.get(of.object);
    return new Map([...known].map(([id, knowledge]) => [id, withoutBases(knowledge, names)]));
  };
  return { ...ledger, knowledgeOf };
}

const nothing: FieldNames = { hubspot: [], salesforce: [] };

/** What is known of a pair without the base of these fields, and of those that a revert had put back: they are synced again. Pure. */
export function withoutBases<Reference extends SalesforceReference>(
  { pairId, pair }: Knowledge<Reference>,
  { hubspot, salesforce }: FieldNames = nothing,
): Knowledge<Reference> {
  if (pair === null) return { pairId, pair };
  const { heldBack = [], base, ...rest } = pair;
  const [properties, fields] = [new Set(hubspot), new Set(salesforce)];
  for (const held of heldBack) {
    properties.add(held.hubspot);
    fields.add(held.salesforce);
  }
  if (base === null) return { pairId, pair: { ...rest, base } };
  const left = { hubspot: without(base.hubspot, properties), salesforce: without(base.salesforce, fields) };
  return { pairId, pair: { ...rest, base: left } };
}

function without<Value>(values: Readonly<Record<string, Value>>, names: ReadonlySet<string>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
