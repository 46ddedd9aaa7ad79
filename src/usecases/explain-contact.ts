import type { CompiledMapping, GateDecision } from '../domain/mapping/types.ts';
import { plan } from '../domain/plan/plan.ts';
import type { FieldChange, PersonMatches, Plan, Reason } from '../domain/plan/types.ts';
import type { PersonReference } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { AdminLedger, ContactHistory, LedgerStatus } from '../ports/ledger.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import type { OrgFacts } from './drain/dependencies.ts';
import { toLookup } from './drain/find-persons.ts';
import type { KnownContact } from './drain/look.ts';
import { needsPersons } from './drain/sync-batch.ts';

/** Where the ledger has the contact. `observed_only`: the last look would have written, but the mode was observe. */
type Standing = 'failed' | 'pending' | 'unknown_to_the_ledger' | 'observed_only' | 'handed_over' | 'not_handed_over';

export type Explanation = {
  contactId: string;
  /** Where it stands, in one sentence. */
  sentence: string;
  stage: string | null;
  gate: GateDecision;
  /** What a look at this moment would do; `unknown` where Salesforce cannot be asked. */
  outcome: Plan['outcome'] | 'unknown';
  person: PersonReference | null;
  /** What would be written to the person, each field with its value before and after and the rule that decided. */
  changes: readonly FieldChange[];
  reasons: readonly Reason[];
  problem: Plan['problem'];
  standing: Standing;
  mode: 'observe' | 'live';
  /** Set while an admin's pause holds all CRM writes. */
  pause: { by: string | null; reason: string | null } | null;
  /** What a vendor makes the whole connection wait for. */
  waits: LedgerStatus['waits'];
  history: ContactHistory;
};

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'read' | 'contactIdByEmail'>;
  salesforce: Pick<SalesforcePort, 'findPersons'>;
  ledger: Pick<AdminLedger, 'history' | 'status'>;
  mapping: CompiledMapping;
  clock: Pick<Clock, 'now'>;
  facts(spend: Spend): Promise<OrgFacts>;
  /** `SYNC_MODE` is observe: nothing is written to either CRM. */
  observe: boolean;
};

const nobody: PersonMatches = { byExternalId: [], byId: [], byEmail: [] };

const noFacts: OrgFacts = {
  owners: { usersByEmail: new Map(), emailsByOwner: new Map() },
  maxLength: () => undefined,
};

const spend = (): Spend => ({ priority: 2, prepaid: 0 });

/**
 * Says where a contact stands: both CRMs are read now and the same plan is made that the sync would make, without carrying it out.
 * @param idOrEmail a HubSpot contact id, or one of the contact's emails
 * @throws SyncError permanent `contact_not_found`; whatever HubSpot and the ledger answer
 */
export async function explainContact(dependencies: Dependencies, idOrEmail: string): Promise<Explanation> {
  const { hubspot, ledger, mapping, observe } = dependencies;
  const id = idOrEmail.includes('@') ? await hubspot.contactIdByEmail(idOrEmail, spend()) : idOrEmail;
  const reads = id === null ? null : await hubspot.read('contacts', [id], mapping.contact.hubspotProperties, spend());
  const read = id === null ? undefined : reads?.get(id);
  if (read?.kind === 'error') throw read.error;
  if (read === undefined || read.kind === 'missing') throw notFound();

  const contact = read.record;
  const [history, status] = await Promise.all([ledger.history(contact.id), ledger.status()]);
  const now = await planNow(dependencies, { contact, claimed: { pair: history.pair } });
  const { paused, pausedBy, pausedReason } = status.mode;
  return {
    contactId: contact.id,
    stage: contact.properties.lifecyclestage ?? null,
    ...(now instanceof SyncError
      ? notAsked(now, mapping.gate.decide(contact.properties), history)
      : told(now, observe, paused)),
    standing: standingOf(history),
    mode: observe ? 'observe' : 'live',
    pause: paused ? { by: pausedBy, reason: pausedReason } : null,
    waits: status.waits,
    history,
  };
}

/** The plan that the sync would make, or why Salesforce cannot be asked. */
async function planNow(dependencies: Dependencies, known: KnownContact): Promise<Plan | SyncError> {
  const { salesforce, mapping, clock, facts } = dependencies;
  const { contact, claimed } = known;
  const input = { now: clock.now(), mapping, contact, pair: claimed.pair };
  // Below the gate not even a question about the contact goes to Salesforce.
  if (!needsPersons(known, dependencies)) return plan({ ...input, ...noFacts, persons: nobody });
  try {
    const { owners, maxLength } = await facts(spend());
    const found = await salesforce.findPersons([toLookup(known)], mapping.contact.salesforceFields, spend());
    return plan({ ...input, owners, maxLength, persons: found.get(contact.id) ?? nobody });
  } catch (thrown) {
    return toSyncError(thrown);
  }
}

type Told = Pick<Explanation, 'sentence' | 'gate' | 'outcome' | 'person' | 'changes' | 'reasons' | 'problem'>;

function told(decided: Plan, observe: boolean, paused: boolean): Told {
  const { gate, outcome, person, write, reasons, problem } = decided;
  const changes = write?.changes ?? [];
  return { sentence: sentenceOf(decided, { observe, paused }), gate, outcome, person, changes, reasons, problem };
}

function notAsked({ code, message, detail }: SyncError, gate: GateDecision, { person }: ContactHistory): Told {
  const advice = detail.advice ?? 'See docs/errors.md for this code.';
  return {
    sentence: `Salesforce cannot be asked about it now: ${message}`,
    gate,
    outcome: 'unknown',
    person,
    changes: [],
    reasons: [],
    problem: { code, message, advice, fields: [], recordIds: [] },
  };
}

function standingOf({ failure, pending, pair, decision }: ContactHistory): Standing {
  if (failure !== null) return 'failed';
  if (pending !== null) return 'pending';
  if (decision === null && pair === null) return 'unknown_to_the_ledger';
  if (decision?.observedOnly === true) return 'observed_only';
  return pair !== null && pair.handedOverAtMs !== null ? 'handed_over' : 'not_handed_over';
}

function notFound(): SyncError {
  return new SyncError('permanent', 'contact_not_found', 'HubSpot has no such contact.', {
    advice: 'Give the id from the address of the contact in HubSpot, or one of its email addresses.',
  });
}

/** What keeps every write back, whatever the plan says. */
type Held = { observe: boolean; paused: boolean };

function sentenceOf(decided: Plan, { observe, paused }: Held): string {
  const { outcome, gate, person, write, problem } = decided;
  if (problem !== null) return `It waits for a person: ${problem.message}`;
  const named = person === null ? 'a new person' : `${person.object} ${person.id}`;
  const count = write?.changes.length ?? 0;
  const will = observe ? 'would' : 'will';
  const held = observe
    ? ' Nothing is written: SYNC_MODE is observe.'
    : paused
      ? ' Nothing is written now: CRM writes are paused.'
      : '';
  const sentences: Record<Plan['outcome'], string> = {
    below_gate: `It is not in Salesforce, and rightly so: ${gate.text}`,
    paused: `It was handed over as ${named} and is no longer updated: ${gate.text}`,
    create: `It has passed the gate and ${will} be created in Salesforce as a ${write?.object ?? 'Lead'} with ${count} fields.${held}`,
    link: `It has passed the gate and ${will} be paired with ${named}, which Salesforce already has.${held}`,
    update: `It is paired with ${named}; ${count} of its fields ${will} be written.${held}`,
    unchanged: `It is paired with ${named}, and nothing needs to be written.`,
    needs_person: 'It waits for a person to decide.',
  };
  return sentences[outcome];
}
