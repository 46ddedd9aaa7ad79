import { renderTable } from '../cli/table.ts';
import { stagesPastTheGate } from './people.ts';
import { checkPromises, lookAtRefusal, type PromiseCheck } from './promises.ts';
import type { FailureView, Stage } from './stage.ts';
import { mend, playStory } from './story.ts';

export type DemoReport = {
  ok: boolean;
  promises: readonly PromiseCheck[];
  counts: Readonly<Record<string, number>>;
};

/** Plays the story, shows what went where and why, and holds the promises against both CRMs. */
export async function runDemo(stage: Stage, print: (text: string) => void): Promise<DemoReport> {
  const cast = await playStory(stage, (text) => print(`\n> ${text}`));
  const refusal = await lookAtRefusal(stage, cast);
  print(`\n${describeFailure(refusal.failure)}`);
  print('\n> Marketing corrects the country; the failure clears by itself.');
  await mend(stage, cast.faulty);
  print(`\n${await renderContacts(stage)}`);

  const promises = await checkPromises(stage, cast, refusal);
  print(`\n${renderTable(['promise', 'held', 'evidence'], promises.map(toRow)).join('\n')}`);
  return { ok: promises.every(({ held }) => held), promises, counts: countsOf(stage) };
}

function toRow({ number, held, evidence }: PromiseCheck): string[] {
  return [String(number), held ? 'yes' : 'NO', evidence];
}

function describeFailure(failure: FailureView | null): string {
  if (failure === null) return 'No failure was recorded, which is wrong.';
  const { code, message, advice, fields } = failure;
  return `FAILURE ${code} (${fields.join(', ')})\n  ${message}\n  What to do: ${advice}`;
}

async function renderContacts({ hubspot, service }: Stage): Promise<string> {
  const rows: string[][] = [];
  for (const { id, properties } of hubspot.contacts()) {
    const { person, sentence, history } = await service.explain(id);
    const where = person === null ? 'HubSpot only' : `${person.object} ${person.id}`;
    const writes = history.changes.filter(({ system, state }) => system === 'salesforce' && state === 'done').length;
    rows.push([
      id,
      `${properties.firstname} ${properties.lastname}`,
      properties.lifecyclestage ?? '(none)',
      where,
      String(writes),
      sentence,
    ]);
  }
  return renderTable(['contact', 'name', 'stage', 'where', 'fields written', 'why'], rows).join('\n');
}

function countsOf({ hubspot, salesforce }: Stage): Record<string, number> {
  const contacts = hubspot.contacts();
  const past = contacts.filter(({ properties }) => stagesPastTheGate.includes(properties.lifecyclestage ?? ''));
  return {
    contacts: contacts.length,
    pastTheGate: past.length,
    leads: salesforce.all('Lead').length,
    salesforceContacts: salesforce.all('Contact').length,
    hubspotCalls: hubspot.counters().total,
    salesforceCalls: salesforce.countedCalls(),
  };
}
