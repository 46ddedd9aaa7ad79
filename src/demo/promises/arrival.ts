import { contactsOfDeal } from '../records.ts';
import { type Check, type Contact, type Findings, idField, type Person, personsOf } from './findings.ts';
import { noRecordsBelowTheGate, recordsExactlyOnce } from './records.ts';

/** Promise 1: who never opened the gate is not in Salesforce; who was returned keeps the person, which gets nothing. */
export function nobodyBelowTheGate(findings: Findings): Check {
  const { below, returned, persons, stage, wayBack } = findings;
  const records = noRecordsBelowTheGate(findings);
  const ids = new Set(below.map(({ id }) => id));
  const emails = below.flatMap(({ properties }) => properties.email ?? []);
  const present = persons.filter((person) => ids.has(String(person[idField])));
  const sent = stage.salesforce.requests.filter(({ body = '' }) => emails.some((email) => body.includes(email)));
  const told = returned.filter((contact) => !isLeftAlone(contact, persons, stage.salesforce.runAsUserId));
  const { written, held } = wayBack.paused;
  const evidence = [
    `${below.length} contacts never opened the gate, ${present.length} of them in Salesforce; ${sent.length} requests to Salesforce named one`,
    records.evidence,
    `${returned.length} returned by sales and still linked, ${told.length} of them written to since`,
    `what marketing wrote about Grace meanwhile was ${held === written ? '' : 'not '}sent`,
  ].join('; ');
  const isShut = below.length > 0 && present.length === 0 && sent.length === 0;
  return { held: isShut && records.held && returned.length > 0 && told.length === 0 && held !== written, evidence };
}

/** Linked, last saved by somebody else than us, and without the title that marketing has given since. */
function isLeftAlone({ id, properties }: Contact, persons: readonly Person[], ourUserId: string): boolean {
  const [person, ...more] = personsOf(persons, id);
  if (person === undefined || more.length > 0) return false;
  return person.LastModifiedById !== ourUserId && person.Title !== properties.jobtitle;
}

/** Promise 2: one living person per contact, whatever was merged, converted, returned or lost on the wire. */
export function exactlyOnce(findings: Findings): Check {
  const { past, returned, persons, stage, wayBack } = findings;
  const handedOver = [...past, ...returned];
  const once = handedOver.filter(({ id }) => personsOf(persons, id).length === 1);
  const linked = once.filter(({ id, properties }) => properties.salesforce_person_id === personsOf(persons, id)[0]?.Id);
  const leftAlone = persons.filter(({ Id }) => Id === wayBack.gone.before.Id);
  const answersLost = stage.salesforce.faults.left() === 0;
  const followed = whoWasFollowed(findings);
  const records = recordsExactlyOnce(findings);
  const evidence = [
    `${handedOver.length} contacts were handed over, ${once.length} with exactly one person, ${linked.length} linked back, ${persons.length} persons in all, with the ${leftAlone.length} whose contact was deleted`,
    records.evidence,
    ...Object.entries(followed).map(([who, held]) => `${who}: ${held ? 'yes' : 'NO'}`),
    `the answers to two creates were ${answersLost ? 'lost, and the person and the Opportunity found again' : 'not both lost, so nothing was proven'}`,
  ].join('; ');
  const everyone = [once.length, linked.length, persons.length - leftAlone.length].every(
    (n) => n === handedOver.length,
  );
  return { held: everyone && records.held && answersLost && Object.values(followed).every(Boolean), evidence };
}

function whoWasFollowed({ persons, cast, wayBack, deals, stage }: Findings): Record<string, boolean> {
  const personOf = (contactId: string) => personsOf(persons, contactId)[0];
  const { contactId: goneId, before } = wayBack.gone;
  const after = stage.salesforce.get('Lead', before.Id);
  return {
    'the lead that sales had is paired, over a merge in HubSpot': personOf(wayBack.merged)?.Id === cast.knownLeadId,
    'Grace was opened again as the same lead': personOf(cast.grace)?.Id === wayBack.reopenedId,
    'Uma was followed to her Contact': personOf(cast.unlucky)?.Id.startsWith('003') === true,
    'the opportunity that sales made is one deal with Uma':
      contactsOfDeal(stage, deals.uma.deal).join() === cast.unlucky,
    'the person of the deleted contact is as it was':
      stage.hubspot.getContact(goneId)?.archived === true && JSON.stringify(after) === JSON.stringify(before),
  };
}

/** Promise 3. */
export async function nothingLost({ stage, timelines, records }: Findings): Promise<Check> {
  const { pending, failures } = await stage.service.status();
  const left = pending.due + pending.waiting + pending.leased;
  const told = [...timelines.values(), ...records.map(({ timeline }) => timeline)];
  const undecided = told.filter((entries) => !entries.some(({ kind }) => kind === 'decision')).length;
  const lost = stage.hubspot.webhookCounters().lost;
  const evidence = `${timelines.size} contacts, ${records.length} companies and deals were announced, ${undecided} without a decision, ${lost} webhooks lost, ${left} still pending, ${failures} open failures`;
  return { held: undecided === 0 && left === 0 && failures === 0 && lost === 0, evidence };
}
