import { labelOf } from '../../domain/lifecycle/stage-order.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type {
  FieldValue,
  HubSpotObject,
  HubSpotRecord,
  SalesforcePerson,
  SalesforceRecord,
  SalesforceReference,
} from '../../domain/record.ts';
import type { KnownPair, RecordMarks } from '../../ports/ledger-search.ts';

/** One record as a list shows it. Names and addresses are the record's own text, whatever it holds. */
export type FoundRecord = {
  kind: HubSpotObject;
  recordId: string | null;
  name: string | null;
  email: string | null;
  detail: string | null;
  /** As people call it. */
  stage: string | null;
  counterpart: SalesforceReference | null;
  standing: 'paired' | 'hubspot_only' | 'salesforce_only' | 'ended';
  failing: boolean;
  pending: boolean;
  lastChangeAtMs: number | null;
};

/** What is read of a record to show it in a list. */
export const shownProperties: Readonly<Record<HubSpotObject, readonly string[]>> = {
  contact: ['firstname', 'lastname', 'email', 'company', 'lifecyclestage'],
  company: ['name', 'domain', 'lifecyclestage'],
  deal: ['dealname', 'dealstage'],
};

type Stages = { lifecycle: CompiledMapping['lifecycle']; deal: Pick<CompiledMapping['deal'], 'pipelines'> };

/** A record as HubSpot holds it, with what the ledger knows of it. */
export function ofHubSpot(
  kind: HubSpotObject,
  { id, properties }: HubSpotRecord,
  known: { pair: KnownPair | undefined; marks: RecordMarks | undefined },
  stages: Stages,
): FoundRecord {
  const { pair, marks } = known;
  const text = (name: string) => orNull(properties[name]);
  const name = { contact: joined(text('firstname'), text('lastname')), company: text('name'), deal: text('dealname') };
  const detail = { contact: text('company'), company: text('domain'), deal: null };
  return {
    kind,
    recordId: id,
    name: name[kind],
    email: kind === 'contact' ? text('email') : null,
    detail: detail[kind],
    stage: nameStage(kind, text(kind === 'deal' ? 'dealstage' : 'lifecyclestage'), stages),
    counterpart: pair?.counterpart ?? null,
    standing: pair === undefined ? 'hubspot_only' : standingOf({ ...pair, isLive: true }),
    failing: (pair?.failing ?? false) || (marks?.failing ?? false),
    pending: (pair?.pending ?? false) || (marks?.pending ?? false),
    lastChangeAtMs: pair?.lastChangeAtMs ?? null,
  };
}

/** A pair by what the ledger alone knows of it. */
export function ofPair(kind: HubSpotObject, pair: KnownPair, stages: Stages): FoundRecord {
  const { recordId, firstName, name, email, detail, stage, counterpart, failing, pending, lastChangeAtMs } = pair;
  return {
    kind,
    recordId,
    name: kind === 'contact' ? joined(firstName, name) : name,
    email,
    detail,
    stage: nameStage(kind, stage, stages),
    counterpart,
    standing: standingOf(pair),
    failing,
    pending,
    lastChangeAtMs,
  };
}

/** A person, Account or Opportunity that no pair knows. */
export function ofSalesforce(
  kind: HubSpotObject,
  record: SalesforcePerson | SalesforceRecord,
  marks: RecordMarks | undefined,
): FoundRecord {
  const text = (field: string) => orNull(record.fields[field]);
  const isPerson = record.object === 'Lead' || record.object === 'Contact';
  return {
    kind,
    recordId: null,
    name: isPerson ? joined(text('FirstName'), text('LastName')) : text('Name'),
    email: isPerson ? orNull('email' in record ? record.email : null) : null,
    detail: text(isPerson ? 'Company' : 'Website'),
    stage: null,
    counterpart: { object: record.object, id: record.id },
    standing: 'salesforce_only',
    failing: marks?.failing ?? false,
    pending: marks?.pending ?? false,
    lastChangeAtMs: null,
  };
}

/** Of which nothing is known but that something is noted of it. */
export function ofMarks(
  kind: HubSpotObject,
  named: { recordId: string } | { counterpart: SalesforceReference },
  { failing, pending }: RecordMarks,
): FoundRecord {
  const empty = { name: null, email: null, detail: null, stage: null, lastChangeAtMs: null };
  return 'recordId' in named
    ? { kind, recordId: named.recordId, counterpart: null, standing: 'hubspot_only', failing, pending, ...empty }
    : { kind, recordId: null, counterpart: named.counterpart, standing: 'salesforce_only', failing, pending, ...empty };
}

function standingOf({ isEnded, isLive, counterpart }: Pick<KnownPair, 'isEnded' | 'isLive' | 'counterpart'>) {
  if (isEnded) return 'ended';
  if (counterpart === null) return 'hubspot_only';
  return isLive ? 'paired' : 'salesforce_only';
}

function nameStage(kind: HubSpotObject, stage: string | null, { lifecycle, deal }: Stages): string | null {
  if (stage === null) return null;
  if (kind !== 'deal') return labelOf(lifecycle.stages, stage);
  return deal.pipelines.list.flatMap(({ stages }) => stages.get(stage) ?? [])[0] ?? stage;
}

function joined(first: string | null, last: string | null): string | null {
  return orNull([first, last].filter((part) => part !== null).join(' '));
}

function orNull(value: FieldValue | undefined): string | null {
  const text = value === null || value === undefined ? '' : String(value).trim();
  return text === '' ? null : text;
}
