import { contactEmails } from '../domain/contact-emails.ts';
import type { CompiledMapping, GateDecision } from '../domain/mapping/types.ts';
import { plan } from '../domain/plan/plan.ts';
import type { PairKnowledge, PersonMatches, Plan, Reason } from '../domain/plan/types.ts';
import { type HubSpotRecord, type PersonReference, personIdProperty } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { AdminLedger, ContactHistory } from '../ports/ledger.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import type { OrgFacts } from './drain/dependencies.ts';

export type Explanation = {
  contactId: string;
  /** Where it stands, in one sentence. */
  sentence: string;
  stage: string | null;
  gate: GateDecision;
  /** What a look at this moment would do. */
  outcome: Plan['outcome'];
  person: PersonReference | null;
  fields: readonly string[];
  reasons: readonly Reason[];
  problem: Plan['problem'];
  history: ContactHistory;
};

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'read' | 'contactIdByEmail'>;
  salesforce: Pick<SalesforcePort, 'findPersons'>;
  ledger: Pick<AdminLedger, 'history'>;
  mapping: CompiledMapping;
  clock: Pick<Clock, 'now'>;
  facts(spend: Spend): Promise<OrgFacts>;
};

const nobody: PersonMatches = { byExternalId: [], byId: [], byEmail: [] };

const spend = (): Spend => ({ priority: 2, prepaid: 0 });

/**
 * Says where a contact stands: both CRMs are read now and the same plan is made that the sync would make, without carrying it out.
 * @param idOrEmail a HubSpot contact id, or one of the contact's emails
 * @throws SyncError permanent `contact_not_found`; whatever the CRMs answer
 */
export async function explainContact(dependencies: Dependencies, idOrEmail: string): Promise<Explanation> {
  const { hubspot, ledger, mapping, clock, facts } = dependencies;
  const id = idOrEmail.includes('@') ? await hubspot.contactIdByEmail(idOrEmail, spend()) : idOrEmail;
  const reads = id === null ? null : await hubspot.read('contacts', [id], mapping.contact.hubspotProperties, spend());
  const read = id === null ? undefined : reads?.get(id);
  if (read?.kind === 'error') throw read.error;
  if (read === undefined || read.kind === 'missing') throw notFound();

  const contact = read.record;
  const history = await ledger.history(contact.id);
  const pair = knowledgeOf(history);
  const orgFacts = await facts(spend());
  // Below the gate not even a question about the contact goes to Salesforce.
  const asks = mapping.gate.decide(contact.properties).passes || history.person !== null;
  const persons = asks ? await askSalesforce(dependencies, contact, history) : nobody;
  const decided = plan({
    now: clock.now(),
    mapping,
    contact,
    pair,
    persons,
    owners: orgFacts.owners,
    maxLength: orgFacts.maxLength,
  });
  return {
    contactId: contact.id,
    sentence: sentenceOf(decided),
    stage: contact.properties.lifecyclestage ?? null,
    gate: decided.gate,
    outcome: decided.outcome,
    person: decided.person,
    fields: decided.write?.changes.map(({ field }) => field) ?? [],
    reasons: decided.reasons,
    problem: decided.problem,
    history,
  };
}

async function askSalesforce(
  { salesforce, mapping }: Dependencies,
  { id, properties, mergedIds }: HubSpotRecord,
  { person }: ContactHistory,
): Promise<PersonMatches> {
  const remembered = [person?.id, properties[personIdProperty]];
  const lookup = {
    contactId: id,
    externalIds: [id, ...mergedIds],
    personIds: remembered.filter((known): known is string => typeof known === 'string' && known !== ''),
    emails: contactEmails(properties),
  };
  const found = await salesforce.findPersons([lookup], mapping.contact.salesforceFields, spend());
  return found.get(id) ?? nobody;
}

function notFound(): SyncError {
  return new SyncError('permanent', 'contact_not_found', 'HubSpot has no such contact.', {
    advice: 'Give the id from the address of the contact in HubSpot, or one of its email addresses.',
  });
}

function knowledgeOf({ pairId, person, handedOverAtMs, base }: ContactHistory): PairKnowledge | null {
  if (pairId === null) return null;
  return { person, handedOverAtMs, base, openIntents: [], formerPersonIds: [], tombstone: false };
}

function sentenceOf({ outcome, gate, person, write, problem }: Plan): string {
  if (problem !== null) return `It waits for a person: ${problem.message}`;
  const named = person === null ? 'a new person' : `${person.object} ${person.id}`;
  const count = write?.changes.length ?? 0;
  const sentences: Record<Plan['outcome'], string> = {
    below_gate: `It is not in Salesforce, and rightly so: ${gate.text}`,
    paused: `It was handed over as ${named} and is no longer updated: ${gate.text}`,
    create: `It has passed the gate and will be created in Salesforce as a ${write?.object ?? 'Lead'} with ${count} fields.`,
    link: `It has passed the gate and will be paired with ${named}, which Salesforce already has.`,
    update: `It is paired with ${named}; ${count} of its fields will be written.`,
    unchanged: `It is paired with ${named}, and nothing needs to be written.`,
    needs_person: 'It waits for a person to decide.',
  };
  return sentences[outcome];
}
