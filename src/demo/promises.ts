import { stagesPastTheGate } from './people.ts';
import type { FailureView, Stage } from './stage.ts';
import type { Cast } from './story.ts';

export type PromiseCheck = { number: number; held: boolean; evidence: string };

type Contact = ReturnType<Stage['hubspot']['contacts']>[number];
type Person = ReturnType<Stage['salesforce']['all']>[number];

/** What the checks look at: the two CRMs' own data, taken once. */
type Findings = {
  stage: Stage;
  cast: Cast;
  past: Contact[];
  below: Contact[];
  persons: Person[];
  refusal: Refusal;
};

/** How things stood while one contact was refused. */
export type Refusal = { failure: FailureView | null; others: number; arrived: number; refusedArrived: boolean };

const idField = 'HubSpot_Contact_Id__c';

/**
 * Holds the nine promises of the product against the CRMs' own data after the story; only what the CRMs cannot tell (the audit log, what
 * was pending) is asked of the service.
 * @param refusal what `lookAtRefusal` saw before the refused contact was mended
 */
export async function checkPromises(stage: Stage, cast: Cast, refusal: Refusal): Promise<PromiseCheck[]> {
  const findings: Findings = { stage, cast, ...readBothCrms(stage), refusal };
  return [
    nobodyBelowTheGate(findings),
    exactlyOnce(findings),
    await nothingLost(findings),
    await noLoops(findings),
    await everyFieldAccounted(findings),
    noStageMoved(findings),
    neighboursUnharmed(findings),
    withinBudgets(findings),
    nothingPersonalLogged(findings),
  ].map((check, index) => ({ number: index + 1, ...check }));
}

/** Counts, while one contact is refused, how many of the others that passed the gate have their person all the same. */
export async function lookAtRefusal(stage: Stage, { faulty }: Cast): Promise<Refusal> {
  const { failure } = (await stage.service.explain(faulty)).history;
  const { past, persons } = readBothCrms(stage);
  const hasPerson = (id: string) => persons.filter((person) => person[idField] === id).length === 1;
  const others = past.filter(({ id }) => id !== faulty);
  const arrived = others.filter(({ id }) => hasPerson(id)).length;
  return { failure, others: others.length, arrived, refusedArrived: hasPerson(faulty) };
}

function readBothCrms({ hubspot, salesforce }: Stage): Pick<Findings, 'past' | 'below' | 'persons'> {
  const contacts = hubspot.contacts().filter(({ archived }) => !archived);
  const isPast = ({ properties }: Contact) => stagesPastTheGate.includes(properties.lifecyclestage ?? '');
  const persons = [...salesforce.all('Lead'), ...salesforce.all('Contact')];
  return { past: contacts.filter(isPast), below: contacts.filter((contact) => !isPast(contact)), persons };
}

type Check = Omit<PromiseCheck, 'number'>;

function nobodyBelowTheGate({ below, persons, stage }: Findings): Check {
  const ids = new Set(below.map(({ id }) => id));
  const emails = below.map(({ properties }) => properties.email ?? '');
  const present = persons.filter((person) => ids.has(String(person[idField])));
  const sent = stage.salesforce.requests.filter(({ body = '' }) =>
    emails.some((email) => email !== '' && body.includes(email)),
  );
  const evidence = `${below.length} contacts below the gate, ${present.length} of them in Salesforce; ${sent.length} requests to Salesforce named one`;
  return { held: below.length > 0 && present.length === 0 && sent.length === 0, evidence };
}

function exactlyOnce({ past, persons, cast, stage }: Findings): Check {
  const counts = new Map<string, number>();
  for (const person of persons) counts.set(String(person[idField]), (counts.get(String(person[idField])) ?? 0) + 1);
  const once = past.filter(({ id }) => counts.get(id) === 1).length;
  const linked = past.filter(({ id, properties }) => {
    const person = persons.find((candidate) => candidate[idField] === id);
    return person !== undefined && properties.salesforce_person_id === person.Id;
  }).length;
  const knownKept = persons.some((person) => person.Id === cast.knownLeadId && person[idField] === cast.known);
  const answersLost = stage.salesforce.faults.left() === 0;
  const evidence = [
    `${past.length} contacts past the gate, ${once} with exactly one person, ${linked} linked back, ${persons.length} persons in all`,
    `the lead that sales had was ${knownKept ? 'paired' : 'not paired'}`,
    `the answer to one create was ${answersLost ? 'lost and the person found again' : 'not lost, so nothing was proven'}`,
  ].join('; ');
  const everyone = once === past.length && linked === past.length && persons.length === past.length;
  return { held: everyone && knownKept && answersLost, evidence };
}

async function nothingLost({ stage, past, below }: Findings): Promise<Check> {
  const { pending, failures } = await stage.service.status();
  const left = pending.due + pending.waiting + pending.leased;
  const decided = await Promise.all(
    [...past, ...below].map(async ({ id }) => (await stage.service.explain(id)).history.decision !== null),
  );
  const undecided = decided.filter((known) => !known).length;
  const evidence = `${decided.length} contacts were announced, ${undecided} without a decision, ${left} still pending, ${failures} open failures`;
  return { held: undecided === 0 && left === 0 && failures === 0, evidence };
}

async function noLoops({ stage }: Findings): Promise<Check> {
  const before = writesOf(stage);
  stage.hubspot.replayAllWebhooks({ shuffled: true });
  await stage.settled();
  const more = writesOf(stage) - before;
  return { held: more === 0, evidence: `${more} writes after every webhook was delivered once again and looked at` };
}

function writesOf({ hubspot, salesforce }: Stage): number {
  const toHubSpot = hubspot.requests.filter(({ path }) => path.endsWith('/batch/update')).length;
  const toSalesforce = salesforce.requests.filter(({ body = '' }) => body.includes('/composite/sobjects')).length;
  return toHubSpot + toSalesforce;
}

async function everyFieldAccounted({ stage, persons, past }: Findings): Promise<Check> {
  const mismatches: string[] = [];
  let changes = 0;
  for (const { id } of past) {
    const person = persons.find((candidate) => candidate[idField] === id);
    const { history } = await stage.service.explain(id);
    const ours = history.changes.filter(({ system, state }) => system === 'salesforce' && state === 'done');
    changes += ours.length;
    const newest = new Map(
      ours.toSorted((first, second) => first.at.localeCompare(second.at)).map((change) => [change.field, change]),
    );
    for (const { field, after, rule } of newest.values()) {
      if (rule === '' || String(person?.[field] ?? '') !== String(after ?? '')) mismatches.push(field);
    }
  }
  const evidence = `${changes} changes in the audit log, each with its rule; ${mismatches.length} fields differ from what it says`;
  return { held: changes > 0 && mismatches.length === 0, evidence };
}

function noStageMoved({ stage }: Findings): Check {
  const moved = stage.hubspot.requests.filter(
    ({ method, body = '' }) => method !== 'GET' && body.includes('"lifecyclestage":'),
  );
  return { held: moved.length === 0, evidence: `${moved.length} requests of ours wrote a lifecycle stage` };
}

/** Counted while the refusal stood: afterwards everybody has arrived anyhow. */
function neighboursUnharmed({ refusal: { failure, others, arrived, refusedArrived } }: Findings): Check {
  const what =
    failure === null
      ? 'the refused contact left no failure'
      : `one contact was refused (${failure.vendorCode ?? failure.code}: "${failure.message}")`;
  const evidence = `${what}; at that moment ${arrived} of the other ${others} past the gate had their person`;
  const named = failure?.kind === 'needs-human' && failure.advice !== '';
  return { held: named && !refusedArrived && others > 0 && arrived === others, evidence };
}

function withinBudgets({ stage }: Findings): Check {
  const { total, tooMany, maxIn10s } = stage.hubspot.counters();
  const evidence = `${total} HubSpot calls, at most ${maxIn10s} in 10 s of 100 allowed, ${tooMany} refused; ${stage.salesforce.countedCalls()} Salesforce calls`;
  return { held: tooMany === 0 && maxIn10s <= 100, evidence };
}

function nothingPersonalLogged({ stage, past, below }: Findings): Check {
  const secrets = [stage.hubspot.accessToken, stage.hubspot.clientSecret, stage.salesforce.clientSecret];
  const personal = [...past, ...below].flatMap(({ properties }) => [properties.email ?? '', properties.lastname ?? '']);
  const words = [...secrets, ...personal].filter((word) => word !== '');
  const telling = stage.logLines.filter((line) => words.some((word) => line.includes(word)));
  return {
    held: telling.length === 0 && stage.logLines.length > 0,
    evidence: `${stage.logLines.length} log lines, ${telling.length} with a secret, a name or an address`,
  };
}
