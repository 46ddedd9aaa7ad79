import { stageFactsKey } from '../lifecycle/types.ts';
import { sameHeld } from '../mapping/normalise.ts';
import { sameId } from '../merge/same-id.ts';
import { factsOn } from '../plan/field-facts.ts';
import { judgeContactIntents } from '../plan/judge-intents.ts';
import { resolvePerson } from '../plan/resolve-person.ts';
import type { FieldChange, Plan, PlanInput } from '../plan/types.ts';
import { contactIdField, type FieldValues, personIdProperty, type SalesforcePerson, stageProperty } from '../record.ts';
import { deletionOf, emptiedId, hasEndedWith, leftDeleted } from './made-records.ts';
import { type PutBack, putBack, type RevertSides } from './put-back.ts';
import { revertReasons, summaryOf } from './revert-reasons.ts';
import { revertStage, type StageRevert } from './revert-stage.ts';
import type { PendingRevert } from './types.ts';

/**
 * Decides what puts one contact and its person back to what they were before a run, on both sides, and why the rest is left. Below the gate as
 * well: it is a person's own wish. Nothing else of the pair is decided in this look. Does no I/O, reads no clock.
 */
export function planContactRevert(input: PlanInput, revert: PendingRevert): Plan {
  const resolution = resolvePerson(input);
  const person = resolution.kind === 'found' ? resolution.person : null;
  const ending = deletionOf(revert, {
    hubspot: { object: 'contact', ids: contactIds(input), values: input.contact.properties },
    salesforce:
      person === null ? null : { object: person.object, ids: personIds(input, person), values: valuesOf(person) },
    factsOf: (system, field) => factsOn(input, person, system, field),
    isTouched: person !== null && isTouched(input, person),
  });
  const decided =
    ending === 'delete' || ending === 'archive'
      ? planEnd(input, revert, person, ending)
      : planFields(input, revert, person, ending);
  return { ...decided, intents: judgeContactIntents(input, person, decided) };
}

type Decided = Omit<Plan, 'intents'>;

function planFields(
  input: PlanInput,
  revert: PendingRevert,
  person: SalesforcePerson | null,
  ending: ReturnType<typeof deletionOf>,
): Decided {
  const isStage = ({ system, field }: { system: string; field: string }) =>
    system === 'hubspot' && field === stageProperty;
  const targets = revert.targets.filter((target) => !isStage(target));
  const fields = putBack({ ...revert, targets }, sidesOf(input, person));
  const back = { ...fields, left: [...fields.left, ...leftDeleted(revert, person?.id ?? null)] };
  const stage = stageOfRevert(input, revert, person, back);
  const hasEnded = hasEndedWith(revert, ending, input.pair);
  const idOfDeleted = hasEnded ? emptiedId(revert, personIdProperty, input.contact.properties) : [];
  const told = withStage(back, stage);
  const summary = summaryOf(revert, told, { ending, hasEnded, goesOn: false });
  const contact = [...back.hubspot, ...(stage.change === null ? [] : [stage.change]), ...idOfDeleted];
  return {
    ...nothing(input, person),
    ...(hasEnded ? { tombstone: 'person_deleted' } : {}),
    write: writeOf(person, back.salesforce),
    contact,
    stage: stage.decision,
    agreed: back.agreed,
    reasons: revertReasons(revert, summary),
    revert: { ...summary, looksAgain: summary.looksAgain || stage.isMoved },
  };
}

/** A record that the run made goes first; what is left of the pair is seen to in the look that follows. */
function planEnd(
  input: PlanInput,
  revert: PendingRevert,
  person: SalesforcePerson | null,
  ending: 'delete' | 'archive',
): Decided {
  const summary = summaryOf(revert, nothingPut, { ending, hasEnded: false, goesOn: ending === 'delete' });
  return {
    ...nothing(input, person),
    tombstone: ending === 'delete' ? 'person_deleted' : 'contact_deleted',
    archivesContact: ending === 'archive',
    reasons: revertReasons(revert, summary),
    revert: summary,
  };
}

const nothingPut: PutBack = { hubspot: [], salesforce: [], left: [], agreed: null, holds: [], looksAgain: false };

function nothing(input: PlanInput, person: SalesforcePerson | null): Omit<Decided, 'reasons'> {
  const { pair, mapping, contact } = input;
  return {
    outcome: 'reverted',
    gate: mapping.gate.decide(contact.properties),
    person: person === null ? null : { object: person.object, id: person.id },
    write: null,
    contact: [],
    stage: { move: null, open: 'none', seen: [], standing: standingNow(input), agreed: null },
    asks: null,
    freezes: [],
    tombstone: pair?.tombstone ?? null,
    waitsFor: [],
    archivesContact: false,
    agreed: null,
    blanks: [],
    linkBack: false,
    problem: null,
  };
}

function standingNow({ contact }: PlanInput) {
  return { hubspot: contact.properties[stageProperty] || null, salesforce: null, cause: null };
}

function writeOf(person: SalesforcePerson | null, changes: readonly FieldChange[]): Plan['write'] {
  if (person === null || changes.length === 0) return null;
  return { operation: 'update', object: person.object, id: person.id, changes };
}

function contactIds({ contact, pair }: PlanInput): string[] {
  return [contact.id, ...contact.mergedIds, ...(pair?.formerContactIds ?? [])];
}

function personIds({ pair }: PlanInput, person: SalesforcePerson): string[] {
  return [person.id, ...(pair?.person ? [pair.person.id] : []), ...(pair?.formerPersonIds ?? [])];
}

function valuesOf({ fields, externalId }: SalesforcePerson): FieldValues {
  return { ...fields, [contactIdField]: externalId };
}

/** Somebody has made something of the person since: its other fields may be a human's. */
function isTouched({ ourUserId }: PlanInput, { lastModifiedBy, opportunities }: SalesforcePerson): boolean {
  if (opportunities.length > 0) return true;
  return ourUserId !== null && lastModifiedBy !== null && !sameId(lastModifiedBy.id, ourUserId);
}

function sidesOf(input: PlanInput, person: SalesforcePerson | null): RevertSides {
  const { fields } = input.mapping.contact;
  const object = person?.object ?? 'Lead';
  return {
    hubspot: { object: 'contact', ids: contactIds(input), values: input.contact.properties },
    salesforce: person === null ? null : { object, ids: personIds(input, person), values: valuesOf(person) },
    base: input.pair?.base ?? null,
    factsOf: (system, field) => factsOn(input, person, system, field),
    counterpartOf(system, field) {
      if (system === 'hubspot') return fields.find(({ hubspot }) => hubspot === field)?.salesforce[object] ?? null;
      return fields.find(({ salesforce }) => salesforce[object] === field)?.hubspot ?? null;
    },
    afterConversion(field) {
      const mapped = fields.find(({ salesforce }) => salesforce.Lead === field);
      return mapped === undefined ? (sameOnBoth.has(field) ? field : null) : (mapped.salesforce.Contact ?? null);
    },
  };
}

/** Fields that a Contact has under the name that they had on its Lead, mapped or not. */
const sameOnBoth: ReadonlySet<string> = new Set(['OwnerId', contactIdField]);

function stageOfRevert(
  input: PlanInput,
  { targets }: PendingRevert,
  person: SalesforcePerson | null,
  { salesforce: writes }: PutBack,
): StageRevert {
  const { now, mapping, contact, pair, deals } = input;
  const handedOver = pair?.handedOverAtMs != null;
  const gatePasses = mapping.gate.decide(contact.properties).passes;
  const isHolding = (field: string, value: FieldValues[string]) =>
    sameHeld(person?.fields[field] ?? null, value, factsOn(input, person, 'salesforce', field));
  const back = targets.filter(
    ({ system, field, before, after }) =>
      system === 'salesforce' && (isHolding(field, before) || isHolding(field, after)),
  );
  const fields = {
    asTheRunLeft: Object.fromEntries(back.map(({ field, after }) => [field, after])),
    after: Object.fromEntries(writes.map(({ field, after }) => [field, after])),
  };
  const given = { now, mapping, contact, pair, person, deals, handedOver, linking: false, gatePasses };
  const target = targets.find(({ system, field }) => system === 'hubspot' && field === stageProperty);
  return revertStage(given, target, fields);
}

function withStage(back: PutBack, { fate, decision, change }: StageRevert): PutBack & { moved: boolean } {
  const moved = decision.move !== null || change !== null || decision.open === 'verified';
  if (fate === null) return { ...back, moved: false };
  if (fate === 'put')
    return { ...back, moved, holds: [...back.holds, { hubspot: stageProperty, salesforce: stageFactsKey }] };
  return { ...back, moved: false, left: [...back.left, { system: 'hubspot', field: stageProperty, reason: fate }] };
}
