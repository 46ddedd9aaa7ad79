import { gateFaultCode, stageCodes } from '../gate/gate.ts';
import { decideStage } from '../lifecycle/decide-stage.ts';
import { effectiveStage } from '../lifecycle/effective-stage.ts';
import type { StageOutcome } from '../lifecycle/types.ts';
import type { GateDecision } from '../mapping/types.ts';
import { isFrozen } from '../merge/fights.ts';
import { sameId } from '../merge/same-id.ts';
import { type PersonReference, personIdProperty, type SalesforcePerson, stageProperty } from '../record.ts';
import { judgeContactIntents } from './judge-intents.ts';
import { type CreateDecision, planCreate } from './plan-create.ts';
import { asksOf, freezesOf, gateFault, problemOf } from './plan-reports.ts';
import { idChange, planUpdate } from './plan-update.ts';
import { type Resolution, resolvePerson } from './resolve-person.ts';
import { personById } from './trace.ts';
import type { FieldChange, PersonWrite, Plan, PlanInput, PlanProblem, Reason } from './types.ts';

/**
 * Decides what brings one contact and its person into agreement, in both directions, and why. Does no I/O, reads no clock, never throws
 * on what a record holds.
 *
 * @param input both sides as just read, what the ledger knows, the compiled mapping, `now` (epoch milliseconds)
 * @returns at most one write to each side, a decision about the stage, the person, the agreed base, and a reason for each decision
 */
export function plan(input: PlanInput): Plan {
  const decided = decide(input);
  const { person } = decided;
  const found = person === null ? null : (personById(input, person.id) ?? null);
  return { ...decided, intents: judgeContactIntents(input, found, decided) };
}

type Decided = Omit<Plan, 'intents'>;

/** One look: both sides as they are (`given`) and with the stage that counts (`input`), and what the gate said of it. */
type Look = { given: PlanInput; input: PlanInput; gate: GateDecision; handedOver: boolean };

function decide(given: PlanInput): Decided {
  const input = withEffectiveStage(given);
  const gate = input.mapping.gate.decide(input.contact.properties);
  const handedOver = input.pair?.handedOverAtMs != null;
  const look = { given, input, gate, handedOver };
  if (gate.code === gateFaultCode) return needsPerson(look, gateFault(gate), []);
  if (!gate.passes && !handedOver && !input.linkBelowGate) return shut(look);

  const resolution = resolvePerson(input);
  if (resolution.kind === 'problem') return needsPerson(look, resolution.problem, []);
  if (resolution.kind === 'ended') return ended(look, resolution.problem);
  // Promise 1: below the gate nobody is created, whatever the mapping says of contacts that fell back.
  if (resolution.kind === 'nobody') return gate.passes ? create(look) : shut(look);
  if (!gate.passes && !handedOver) return linkOnly(look, resolution);
  return pairUp(look, resolution);
}

/** A stage that we emptied ourselves, to set another one, is no change: it closes no gate. */
function withEffectiveStage(input: PlanInput): PlanInput {
  const { contact, pair } = input;
  if (pair?.stageMove == null) return input;
  const properties = { ...contact.properties, [stageProperty]: effectiveStage(contact, pair) };
  return { ...input, contact: { ...contact, properties } };
}

/** `below: continue` is about the stage alone: whoever is excluded or lost consent is not updated any more. */
function isPaused({ input, gate }: Look): boolean {
  return !gate.passes && !(input.mapping.gate.below === 'continue' && stageCodes.has(gate.code));
}

/** What a plan is that does nothing. */
function nothing({ input, gate }: Look, stage: StageOutcome): Omit<Decided, 'outcome' | 'reasons'> {
  return {
    gate,
    person: null,
    write: null,
    contact: stage.contactChanges,
    stage: stage.decision,
    asks: null,
    freezes: [],
    tombstone: input.pair?.tombstone ?? null,
    waitsFor: [],
    archivesContact: false,
    agreed: null,
    blanks: [],
    linkBack: false,
    problem: stage.problem,
  };
}

function stageOf({ given, gate, handedOver }: Look, person: SalesforcePerson | null, linking: boolean): StageOutcome {
  const { now, mapping, contact, pair, deals } = given;
  return decideStage({ now, mapping, contact, pair, deals, person, handedOver, linking, gatePasses: gate.passes });
}

function shut(look: Look): Decided {
  const { input, gate, handedOver } = look;
  const arrived = handedOver ? null : arrivedUnseen(input);
  const isHeld = handedOver || arrived !== null;
  return {
    ...nothing(look, stageOf(look, null, false)),
    outcome: isHeld ? 'paused' : 'below_gate',
    person: input.pair?.person ?? arrived,
    linkBack: arrived !== null && input.contact.properties[personIdProperty] !== arrived.id,
    reasons: [isHeld ? pausedReason(gate) : { code: gate.code, text: gate.text }],
  };
}

function pausedReason(gate: GateDecision): Reason {
  return {
    code: 'paused',
    text: `The contact was handed over and stays linked, but nothing is sent to Salesforce. ${gate.text}`,
  };
}

/** The person of a create whose answer was lost: the handoff did happen, also where the contact has fallen back since. */
function arrivedUnseen(input: PlanInput): PersonReference | null {
  const created = (input.pair?.openIntents ?? []).some(
    ({ system, recordId }) => system === 'salesforce' && recordId === null,
  );
  if (!created) return null;
  const own = input.persons.byExternalId.filter(
    ({ externalId, isDeleted }) => !isDeleted && externalId === input.contact.id,
  );
  const [person, ...others] = own;
  return person === undefined || others.length > 0 ? null : { object: person.object, id: person.id };
}

function create(look: Look): Decided {
  const decision = planCreate(look.input);
  if (decision.kind === 'problem') return needsPerson(look, decision.problem, decision.reasons);
  if (decision.kind === 'waits') return waiting(look, decision);
  const object = look.input.mapping.contact.create;
  const nobody = { code: 'created', text: `Nobody in Salesforce leads to this contact: a ${object} is created.` };
  const stage = stageOf(look, null, true);
  return {
    ...nothing(look, stage),
    outcome: 'create',
    write: decision.write,
    blanks: decision.blanks,
    tombstone: null,
    linkBack: true,
    reasons: [nobody, ...decision.reasons, ...stage.reasons],
  };
}

/** Nobody is created before what it belongs to is there. */
function waiting(look: Look, { waitsFor, reason }: Extract<CreateDecision, { kind: 'waits' }>): Decided {
  return { ...nothing(look, stageOf(look, null, false)), outcome: 'waiting', waitsFor, reasons: [reason] };
}

type Found = Extract<Resolution, { kind: 'found' }>;

/** A person that was born in Salesforce and whose contact has not passed the gate: both learn of each other, and no field is sent. */
function linkOnly(look: Look, { person, reasons }: Found): Decided {
  const { input, gate } = look;
  return {
    ...nothing(look, stageOf(look, person, true)),
    outcome: 'link',
    person: { object: person.object, id: person.id },
    write: writeOf(person, idChange({ input, person })),
    tombstone: null,
    linkBack: input.contact.properties[personIdProperty] !== person.id,
    reasons: [...reasons, { code: gate.code, text: gate.text }],
  };
}

function pairUp(start: Look, found: Found): Decided {
  const { person, reasons: how } = found;
  const look = withUsableBase(start, found);
  const { input, gate, handedOver } = look;
  const paused = isPaused(look);
  const update = planUpdate({ input, person, sendsToSalesforce: !paused });
  const known = input.pair?.person?.id === person.id;
  const stage = stageOf(look, person, !handedOver || input.pair?.person == null);
  // Nobody is linked, and no status set, by a write that must not be made; what Salesforce says to HubSpot goes on.
  const isHalf = !known || !handedOver || stage.statusChange !== null;
  if (update.problem !== null && isHalf) {
    const { salesforce } = stage.decision.standing;
    return withStanding(needsPerson(look, update.problem, [...how, ...update.reasons]), salesforce);
  }
  const write = paused ? update.write : withStatus(input, person, update.write, stage);
  const contact = [...update.contact, ...stage.contactChanges];
  const isBusy = write !== null || contact.length > 0 || stage.decision.move !== null;
  return {
    ...nothing(look, stage),
    outcome: paused ? 'paused' : known ? (isBusy ? 'update' : 'unchanged') : 'link',
    person: { object: person.object, id: person.id },
    write,
    contact,
    asks: asksOf(input, update, stage),
    freezes: freezesOf(input, update, stage),
    tombstone: null,
    agreed: update.agreed,
    linkBack: input.contact.properties[personIdProperty] !== person.id,
    reasons: [...(paused ? [pausedReason(gate)] : []), ...how, ...update.reasons, ...stage.reasons],
    problem: problemOf(input, stage, update),
  };
}

/** Both never agreed on anything about somebody else than the pair's person, or whom that one led to. */
function withUsableBase(look: Look, { person, reasons }: Found): Look {
  const former = look.given.pair?.formerPersonIds ?? [];
  const isOurs = reasons.some(({ code }) => code === 'found_by_ledger') || former.some((id) => sameId(id, person.id));
  if (isOurs) return look;
  const withoutBase = (input: PlanInput): PlanInput =>
    input.pair === null ? input : { ...input, pair: { ...input.pair, base: null, agreedAtMs: null } };
  return { ...look, given: withoutBase(look.given), input: withoutBase(look.input) };
}

/** What Salesforce says of the stage is known also where nothing may be done about it. */
function withStanding(decided: Decided, salesforce: string | null): Decided {
  const { stage } = decided;
  return { ...decided, stage: { ...stage, standing: { ...stage.standing, salesforce, cause: null } } };
}

/** The status of a person who qualifies again goes before what the field's own rule would write. */
function withStatus(
  input: PlanInput,
  person: SalesforcePerson,
  write: PersonWrite | null,
  { statusChange }: StageOutcome,
): PersonWrite | null {
  if (statusChange === null || isFrozen(input, { system: 'salesforce', field: statusChange.field })) return write;
  const others = (write?.changes ?? []).filter(({ field }) => field !== statusChange.field);
  return writeOf(person, [...others, statusChange]);
}

function writeOf({ object, id }: SalesforcePerson, changes: readonly FieldChange[]): PersonWrite | null {
  return changes.length === 0 ? null : { operation: 'update', object, id, changes };
}

/** The pair ends with its person: reported, and nobody is created in its place. */
function ended(look: Look, problem: PlanProblem): Decided {
  const { pair, mapping } = look.input;
  // Only at once: a contact that somebody brings back from the recycle bin stays.
  const archivesContact = pair?.tombstone == null && mapping.events.deletedInSalesforce === 'delete';
  return {
    ...nothing(look, stageOf(look, null, false)),
    outcome: 'unlinked',
    tombstone: 'person_deleted',
    archivesContact,
    reasons: [{ code: problem.code, text: problem.message }],
    problem: archivesContact ? null : problem,
  };
}

function needsPerson(look: Look, problem: PlanProblem, reasons: readonly Reason[]): Decided {
  return { ...nothing(look, stageOf(look, null, false)), outcome: 'needs_person', reasons, problem };
}
