import type { Tombstone } from '../../domain/plan/types.ts';
import type { CounterpartReference } from '../../domain/record.ts';
import type { RecordOutcome, RecordPlan } from '../../domain/records/types.ts';
import type { ContactHistory } from '../../ports/ledger-history.ts';
import type { KindNames } from '../drain-records/kinds.ts';
import { isRole } from '../drain-records/pseudo-fields.ts';
import { type Held, keptBack, type Standing, standingOf, will } from './sentences.ts';

/** Where the ledger has a company or a deal; `paired` where a contact is handed over. */
export type RecordStanding = Exclude<Standing, 'handed_over' | 'not_handed_over'> | 'paired' | 'not_paired';

/** Where the record stands, by what the ledger holds of it. */
export function recordStandingOf(history: ContactHistory<CounterpartReference>): RecordStanding {
  const standing = standingOf(history);
  if (standing !== 'handed_over' && standing !== 'not_handed_over') return standing;
  return history.person === null ? 'not_paired' : 'paired';
}

/** Since when it has its counterpart, epoch milliseconds: one born in Salesforce has it before a contact is handed over. Null: none, or not noted. */
export function pairedSinceMs({
  person,
  handedOverAtMs,
  landedAtMs,
}: Pick<ContactHistory<CounterpartReference>, 'person' | 'handedOverAtMs' | 'landedAtMs'>): number | null {
  return handedOverAtMs ?? (person === null ? null : landedAtMs);
}

/** What the sentence is about. `contacts`: how many a deal has. */
type Told = { names: KindNames; id: string; contacts: number; held: Held };

/** What a look at this moment would do, in one sentence. */
export function recordSentenceOf(plan: RecordPlan, told: Told): string {
  const name = `${words[told.names.kind].name} ${told.id}`;
  if (plan.problem !== null && plan.outcome !== 'waiting') return `${name} waits for a person: ${plan.problem.message}`;
  return `${name} ${sentences[plan.outcome](plan, told)}`;
}

/** How the kinds and their files are called. */
export const words = {
  company: { name: 'Company', plural: 'companies and Accounts', file: 'companies.yaml' },
  deal: { name: 'Deal', plural: 'deals and Opportunities', file: 'deals.yaml' },
} as const satisfies Record<KindNames['kind'], { name: string; plural: string; file: string }>;

type Sentence = (plan: RecordPlan, told: Told) => string;

const sentences: Readonly<Record<RecordOutcome, Sentence>> = {
  not_wanted: ({ counterpart, reasons }) => {
    const where =
      counterpart === null ? 'is not in Salesforce' : `is paired with ${nameOf(counterpart)} and left alone`;
    return `${where}, and rightly so: ${reasons[0]?.text ?? 'nothing is to be done.'}`;
  },
  waiting: (plan, told) => `waits: ${whyWaiting(plan, told)}`,
  create: ({ write }, { names, held }) => {
    const roles = (write?.changes ?? []).filter(({ field }) => isRole({ field }) && !field.endsWith('/primary')).length;
    const fields = (write?.changes ?? []).filter((change) => !isRole(change)).length;
    const with_ = roles === 0 ? '' : ` and ${roles} contact role${roles === 1 ? '' : 's'}`;
    return `${will(held)} be created in Salesforce as an ${names.object} with ${fields} fields${with_}.${keptBack(held)}`;
  },
  link: ({ counterpart }, { held }) =>
    `${will(held)} be paired with ${nameOf(counterpart)}, which Salesforce already has.${keptBack(held)}`,
  update: (plan, { held }) =>
    `is paired with ${nameOf(plan.counterpart)}; ${written(plan)} ${will(held)} be written.${keptBack(held)}`,
  unchanged: ({ counterpart }) => `is paired with ${nameOf(counterpart)}, and nothing needs to be written.`,
  unlinked: ({ tombstone, archives }, { names, held }) => {
    const archived = archives ? ` It ${will(held)} be moved to HubSpot's recycle bin.${keptBack(held)}` : '';
    return `is not kept in step any more: ${endingOf(names, tombstone ?? 'person_deleted')}${archived}`;
  },
  needs_person: () => 'waits for a person to decide.',
  reverted: ({ reasons }) => `is being put back. ${reasons[0]?.text ?? ''}`.trim(),
};

function whyWaiting({ reasons, waitsFor }: RecordPlan, { names, contacts }: Told): string {
  if (reasons[0]?.code === 'contact_below_gate') {
    const ids = waitsFor.filter(({ object }) => object === 'contact').map(({ recordId }) => recordId);
    const whose = contacts === 1 ? 'its contact has not' : `none of its ${contacts} contacts has`;
    return `${whose} passed the gate yet (${ids.join(', ')}). Its ${names.object} is created as soon as one has.`;
  }
  return reasons.map(({ text }) => text).join(' ') || 'another record must be there first.';
}

/** Why a pair has ended, in one sentence. */
export function endingOf({ kind, object }: KindNames, tombstone: Tombstone): string {
  const endings: Readonly<Record<Tombstone, string>> = {
    person_deleted: `its ${object} was deleted in Salesforce, and none is created again without a decision.`,
    contact_deleted: `the ${kind} had been deleted in HubSpot.`,
    erased: 'it was erased for privacy.',
  };
  return endings[tombstone];
}

function nameOf(counterpart: CounterpartReference | null): string {
  return counterpart === null ? 'a new record' : `${counterpart.object} ${counterpart.id}`;
}

function written({ write, changes }: RecordPlan): string {
  const toSalesforce = write?.changes.length ?? 0;
  const parts = [
    ...(toSalesforce > 0 ? [`${toSalesforce} of its fields in Salesforce`] : []),
    ...(changes.length > 0 ? [`${changes.length} of its properties in HubSpot`] : []),
  ];
  return parts.length === 0 ? 'its id' : parts.join(' and ');
}
