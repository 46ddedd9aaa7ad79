import { renderTable } from '../cli/table.ts';
import { stages, stagesPastTheGate } from './people.ts';
import type { PromiseCheck } from './promises/check.ts';
import { readBothCrms } from './promises/findings.ts';
import type { FailureView, Stage } from './stage.ts';
import { tellDecision, tellEntry } from './tell.ts';
import { wrap, wrapLastColumn } from './wrap.ts';

export function describeFailure(failure: FailureView | null): string {
  if (failure === null) return 'No failure was recorded, which is wrong.';
  const { code, message, advice, fields } = failure;
  return [
    `FAILURE ${code} (${fields.join(', ')})`,
    ...wrap(message, '  '),
    ...wrap(`What to do: ${advice}`, '  '),
  ].join('\n');
}

/** Who is where: the ones that were never handed over by stage, all others by name. */
export async function showContacts(stage: Stage): Promise<string> {
  const { below } = readBothCrms(stage);
  const whys = await Promise.all(below.map(async ({ id }) => tellDecision(await stage.service.timeline(id))));
  const belowRows = stages.flatMap((lifecyclestage) => {
    const places = below.flatMap(({ properties }, place) =>
      properties.lifecyclestage === lifecyclestage ? [place] : [],
    );
    const [first] = places;
    return first === undefined ? [] : [[lifecyclestage, String(places.length), whys[first] ?? '']];
  });
  const ids = new Set(below.map(({ id }) => id));
  const others = stage.hubspot.contacts().filter(({ id }) => !ids.has(id));
  const rows = await Promise.all(others.map((contact) => rowOf(stage, contact)));
  return [
    ...wrapLastColumn(['only in HubSpot', 'contacts', 'why'], belowRows),
    '',
    ...renderTable(['handed over', 'name', 'stage', 'person', 'fields written: SF', 'HS'], rows),
  ].join('\n');
}

type Contact = ReturnType<Stage['hubspot']['contacts']>[number];

async function rowOf({ salesforce, service }: Stage, { id, archived, properties }: Contact): Promise<string[]> {
  const timeline = await service.timeline(id);
  const done = timeline.filter(({ kind, code }) => kind === 'write' && !code.includes('_'));
  const count = (system: string) =>
    String(done.filter((entry) => entry.system === system).reduce((sum, { changes }) => sum + changes.length, 0));
  const personId = properties.salesforce_person_id ?? '';
  const object = salesforce.get('Contact', personId) === undefined ? 'Lead' : 'Contact';
  const name = `${properties.firstname} ${properties.lastname}`;
  const where = archived ? '(deleted)' : (properties.lifecyclestage ?? '(none)');
  return [id, name, where, `${object} ${personId}`, count('salesforce'), count('hubspot')];
}

/** Where one contact stands, and all that happened to it, the oldest first. */
export async function tellHistory({ hubspot, service }: Stage, contactId: string): Promise<string> {
  const { firstname, lastname } = hubspot.getContact(contactId)?.properties ?? {};
  const [{ sentence, stages: standing }, timeline] = await Promise.all([
    service.explain(contactId),
    service.timeline(contactId),
  ]);
  return [
    `What happened to ${firstname} ${lastname} (contact ${contactId}), and why:`,
    ...timeline.toReversed().flatMap(tellEntry),
    ...wrap(`Now: ${sentence} Returned by sales: ${standing.recycles}.`, '  '),
  ].join('\n');
}

export function showPromises(promises: readonly PromiseCheck[]): string {
  return promises.flatMap(tellPromise).join('\n');
}

/** The sentence, and under it what was seen. */
function tellPromise({ number, promise, held, evidence }: PromiseCheck): string[] {
  const indent = ' '.repeat(9);
  const [first = '', ...more] = wrap(promise, indent);
  return [
    `${number}. ${held ? 'held' : 'BROKEN'} `.padEnd(9) + first.trimStart(),
    ...more,
    ...wrap(evidence, `${indent}  `),
  ];
}

export function countsOf({ hubspot, salesforce }: Stage): Record<string, number> {
  const contacts = hubspot.contacts().filter(({ archived }) => !archived);
  const past = contacts.filter(({ properties }) => stagesPastTheGate.includes(properties.lifecyclestage ?? ''));
  return {
    contacts: contacts.length,
    pastTheGate: past.length,
    leads: salesforce.all('Lead').filter(({ IsConverted }) => IsConverted !== true).length,
    salesforceContacts: salesforce.all('Contact').length,
    companies: countLiving(hubspot.companies()),
    accounts: salesforce.all('Account').length,
    deals: countLiving(hubspot.deals()),
    opportunities: salesforce.all('Opportunity').length,
    contactRoles: salesforce.all('OpportunityContactRole').length,
    hubspotCalls: hubspot.counters().total,
    salesforceCalls: salesforce.countedCalls(),
  };
}

/** How many are not in a recycle bin of HubSpot; Salesforce's are hidden as it is. */
function countLiving(records: readonly { archived: boolean }[]): number {
  return records.filter(({ archived }) => !archived).length;
}
