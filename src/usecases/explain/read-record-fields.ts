import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { FieldChange } from '../../domain/plan/types.ts';
import {
  type CounterpartReference,
  dealCompanyProperty,
  type HubSpotRecord,
  type SalesforceRecord,
} from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import type { Spend } from '../../ports/budget.ts';
import type { ContactHistory } from '../../ports/ledger-history.ts';
import type { RecordDependencies } from '../drain-records/dependencies.ts';
import { type KindNames, mappingOf } from '../drain-records/kinds.ts';
import { type FieldLine, fieldLines } from '../field-lines.ts';
import { fieldsOfPair, namesOfPair, type PairField } from './fields-of-pair.ts';
import { factsOrNull, nameChangers, ownersNamed } from './owner-names.ts';
import { readSides, type Unread } from './read-sides.ts';

type Given = {
  record: HubSpotRecord;
  history: ContactHistory<CounterpartReference>;
  counterpart: CounterpartReference | null;
  /** The counterpart as read already; null: it is to be read. */
  found: SalesforceRecord | null;
  /** What would be written. */
  planned: readonly FieldChange[];
};

export type RecordFields = {
  fields: readonly PairField[];
  /** How people call the owners among all these values and those of `planned`, by the id that stands there. */
  owners: Readonly<Record<string, string>>;
  /** The counterpart as it is now; null where there is none, or it could not be read. */
  found: SalesforceRecord | null;
  unread: readonly Unread[];
};

/** Both sides of every field of a company or deal, with who changed it last. */
export async function readRecordFields(
  dependencies: RecordDependencies,
  names: KindNames,
  { record, history, counterpart, found, planned }: Given,
  spend: Spend,
): Promise<RecordFields> {
  const { salesforce, mapping } = dependencies;
  const lines = linesOf(mapping, names, found);
  const question = {
    ...namesOfPair(lines, names.object),
    type: names.type,
    id: record.id,
    counterpart,
    what: 'counterpart',
    async readCounterpart() {
      if (found !== null || counterpart === null) return found;
      const lookup = { key: record.id, externalIds: [], recordIds: [counterpart.id], domains: [] };
      const { salesforceFields } = mappingOf(mapping, names.kind);
      const answer = await salesforce.findRecords(names.object, [lookup], salesforceFields, spend);
      return answer.get(record.id)?.byId.find(({ id }) => id === counterpart.id) ?? null;
    },
  } as const;
  const [{ unread, ...sides }, facts] = await Promise.all([
    readSides(dependencies, question, spend),
    factsOrNull(dependencies),
  ]);
  const { pair, changes: written } = history;
  const ourUserId = facts?.ourUserId ?? null;
  const people = facts?.ownerNames ?? new Map();
  const fields = nameChangers(
    people,
    fieldsOfPair(lines, names.object, { record, pair, written, ourUserId, ...sides }),
  );
  const owners = ownersNamed(people, fields, [...planned, ...written]);
  return { fields, owners, found: sides.counterpart, unread };
}

/** What is not kept in step with these settings and in this org is left out. */
function linesOf(mapping: CompiledMapping, { kind }: KindNames, found: SalesforceRecord | null): FieldLine[] {
  const hasCurrencies = found === null || currencyField in found.fields;
  return fieldLines(mapping, kind)
    .filter(({ hubspot }) => mapping.company.isOn || hubspot !== dealCompanyProperty)
    .map((line) =>
      hasCurrencies || line.salesforce.Opportunity !== currencyField ? line : { ...line, salesforce: {} },
    );
}
