import { gateFaultCode, stageCodes } from '../gate/gate.ts';
import type { GateDecision } from '../mapping/types.ts';
import { type PersonReference, personIdProperty, type SalesforcePerson } from '../record.ts';
import { judgeIntents } from './judge-intents.ts';
import { planCreate } from './plan-create.ts';
import { planUpdate } from './plan-update.ts';
import { personById, resolvePerson } from './resolve-person.ts';
import type { Plan, PlanInput, PlanProblem, Reason } from './types.ts';

/**
 * Decides what brings one contact and its person into agreement, HubSpot -> Salesforce, and why. Does no I/O, reads no clock, never
 * throws on what a record holds.
 *
 * @param input both sides as just read, what the ledger knows, the compiled mapping, `now` (epoch milliseconds)
 * @returns at most one write, the person, the agreed base, and a reason for each decision
 */
export function plan(input: PlanInput): Plan {
  const decided = decide(input);
  const { person, write, linkBack } = decided;
  const found = person === null ? null : (personById(input, person.id) ?? null);
  const now = { now: input.now, contact: input.contact, person: found, write, linkBack };
  return { ...decided, intents: judgeIntents(input.pair?.openIntents ?? [], now) };
}

type Decided = Omit<Plan, 'intents'>;

function decide(input: PlanInput): Decided {
  const gate = input.mapping.gate.decide(input.contact.properties);
  if (gate.code === gateFaultCode) return needsPerson(gate, gateFault(gate), []);
  const handedOver = input.pair?.handedOverAtMs != null;
  if (!gate.passes && !(handedOver && staysInStep(input, gate))) return shut(gate, handedOver, input);

  const resolution = resolvePerson(input);
  if (resolution.kind === 'problem') return needsPerson(gate, resolution.problem, []);
  if (resolution.kind === 'found') return pairUp(input, gate, resolution.person, resolution.reasons);
  // Promise 1: below the gate nobody is created, whatever the mapping says of contacts that fell back.
  if (!gate.passes) return shut(gate, handedOver, input);
  return create(input, gate);
}

/** `below: continue` is about the stage alone: whoever is excluded or lost consent is not updated any more. */
function staysInStep({ mapping }: PlanInput, { code }: GateDecision): boolean {
  return mapping.gate.below === 'continue' && stageCodes.has(code);
}

function shut(gate: GateDecision, handedOver: boolean, input: PlanInput): Decided {
  const arrived = handedOver ? null : arrivedUnseen(input);
  const paused = {
    code: 'paused',
    text: `The contact was handed over and stays linked, but is not updated. ${gate.text}`,
  };
  const isPaused = handedOver || arrived !== null;
  return {
    outcome: isPaused ? 'paused' : 'below_gate',
    gate,
    person: input.pair?.person ?? arrived,
    write: null,
    agreed: null,
    linkBack: arrived !== null && input.contact.properties[personIdProperty] !== arrived.id,
    reasons: [isPaused ? paused : { code: gate.code, text: gate.text }],
    problem: null,
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

function create(input: PlanInput, gate: GateDecision): Decided {
  const decision = planCreate(input);
  if (decision.kind === 'problem') return needsPerson(gate, decision.problem, decision.reasons);
  const object = input.mapping.contact.create;
  const nobody = { code: 'created', text: `Nobody in Salesforce leads to this contact: a ${object} is created.` };
  return {
    outcome: 'create',
    gate,
    person: null,
    write: decision.write,
    agreed: null,
    linkBack: true,
    reasons: [nobody, ...decision.reasons],
    problem: null,
  };
}

function pairUp(input: PlanInput, gate: GateDecision, found: SalesforcePerson, how: readonly Reason[]): Decided {
  const decision = planUpdate(input, found);
  if (decision.kind === 'problem') return needsPerson(gate, decision.problem, [...how, ...decision.reasons]);
  const person: PersonReference = { object: found.object, id: found.id };
  const known = input.pair?.person?.id === found.id;
  return {
    outcome: known ? (decision.write === null ? 'unchanged' : 'update') : 'link',
    gate,
    person,
    write: decision.write,
    agreed: decision.agreed,
    linkBack: input.contact.properties[personIdProperty] !== found.id,
    reasons: [...how, ...decision.reasons],
    problem: null,
  };
}

function needsPerson(gate: GateDecision, problem: PlanProblem, reasons: readonly Reason[]): Decided {
  return {
    outcome: 'needs_person',
    gate,
    person: null,
    write: null,
    agreed: null,
    linkBack: false,
    reasons,
    problem,
  };
}

function gateFault({ code, text }: GateDecision): PlanProblem {
  const advice =
    'Correct the values of the contact, or make the expression in gate.yaml handle them: number(text, otherwise).';
  return { code, message: text, advice, fields: [], recordIds: [] };
}
