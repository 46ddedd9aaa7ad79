import type { Plan } from '../../domain/plan/types.ts';
import type { SalesforceReference } from '../../domain/record.ts';
import type { ContactHistory } from '../../ports/ledger-history.ts';

/** Where the ledger has the contact. `observed_only`: the last look would have written, but the mode was observe. */
export type Standing =
  | 'failed'
  | 'pending'
  | 'unknown_to_the_ledger'
  | 'observed_only'
  | 'ended'
  | 'handed_over'
  | 'not_handed_over';

/** Where the contact stands, by what the ledger holds of it. */
export function standingOf({ failure, pending, pair, decision }: ContactHistory<SalesforceReference>): Standing {
  if (failure !== null) return 'failed';
  if (pending !== null) return 'pending';
  if (decision === null && pair === null) return 'unknown_to_the_ledger';
  if (decision?.observedOnly === true) return 'observed_only';
  if (pair !== null && pair.tombstone !== null) return 'ended';
  return pair !== null && pair.handedOverAtMs !== null ? 'handed_over' : 'not_handed_over';
}

/** What keeps every write back, whatever the plan says. */
export type Held = { observe: boolean; paused: boolean };

/** What a look at this moment would do, in one sentence. */
export function sentenceOf(decided: Plan, held: Held): string {
  const { outcome, problem } = decided;
  if (problem !== null) return `It waits for a person: ${problem.message}`;
  return sentences[outcome](decided, held);
}

type Sentence = (decided: Plan, held: Held) => string;

const sentences: Readonly<Record<Plan['outcome'], Sentence>> = {
  below_gate: ({ gate }) => `It is not in Salesforce, and rightly so: ${gate.text}`,
  paused: (decided, held) =>
    `It was handed over as ${named(decided)} and Salesforce is no longer updated: ${decided.gate.text}${toHubSpot(decided, held)}`,
  create: ({ write }, held) =>
    `It has passed the gate and ${will(held)} be created in Salesforce as a ${write?.object ?? 'Lead'} with ${write?.changes.length ?? 0} fields.${keptBack(held)}`,
  link: (decided, held) =>
    `${decided.gate.passes ? 'It has passed the gate' : 'Its person was born in Salesforce'} and ${will(held)} be paired with ${named(decided)}, which Salesforce already has.${keptBack(held)}`,
  update: (decided, held) =>
    `It is paired with ${named(decided)}; ${written(decided)} ${will(held)} be written.${keptBack(held)}`,
  unchanged: (decided) => `It is paired with ${named(decided)}, and nothing needs to be written.`,
  unlinked: ({ tombstone }) => `Its pair has ended: ${endings[tombstone ?? 'person_deleted']}`,
  waiting: (decided, held) =>
    `It waits: ${decided.reasons[0]?.text ?? 'another record must be there first.'}${toHubSpot(decided, held)}`,
  needs_person: () => 'It waits for a person to decide.',
  reverted: ({ reasons }) => reasons[0]?.text ?? 'A run is put back.',
};

/** Why a pair has ended, in one sentence. */
export const endings: Readonly<Record<NonNullable<Plan['tombstone']>, string>> = {
  person_deleted: 'its person was deleted in Salesforce, and nobody is created again without a decision.',
  contact_deleted: 'the contact had been deleted in HubSpot.',
  erased: 'it was erased for privacy.',
};

function named({ person }: Plan): string {
  return person === null ? 'a new person' : `${person.object} ${person.id}`;
}

/** Whether it is done, or would be. */
export function will({ observe }: Held): string {
  return observe ? 'would' : 'will';
}

/** What keeps every write back, as a further sentence; nothing where it does not. */
export function keptBack({ observe, paused }: Held): string {
  if (observe) return ' Nothing is written: SYNC_MODE is observe.';
  return paused ? ' Nothing is written now: CRM writes are paused.' : '';
}

function written({ write, contact, stage }: Plan): string {
  const toSalesforce = write?.changes.length ?? 0;
  const toHubSpotCount = contact.length + (stage.move === null ? 0 : 1);
  const parts = [
    ...(toSalesforce > 0 ? [`${toSalesforce} of its fields in Salesforce`] : []),
    ...(toHubSpotCount > 0 ? [`${toHubSpotCount} of its properties in HubSpot`] : []),
  ];
  return parts.length === 0 ? 'its id' : parts.join(' and ');
}

function toHubSpot(decided: Plan, held: Held): string {
  if (decided.contact.length === 0 && decided.stage.move === null) return '';
  return ` ${written(decided)} ${will(held)} be written.${keptBack(held)}`;
}
