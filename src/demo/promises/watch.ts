import type { Stage } from '../stage.ts';
import type { Cast } from '../story.ts';
import { countWrites, personsOf, type Quiet, type Refusal, readBothCrms } from './findings.ts';

/** Counts, while one contact is refused, how many of the others that passed the gate have their person all the same. */
export async function lookAtRefusal(stage: Stage, { faulty }: Cast): Promise<Refusal> {
  const { failure } = (await stage.service.explain(faulty)).history;
  const { past, persons } = readBothCrms(stage);
  const hasPerson = (id: string) => personsOf(persons, id).length === 1;
  const others = past.filter(({ id }) => id !== faulty);
  const arrived = others.filter(({ id }) => hasPerson(id)).length;
  return { failure, others: others.length, arrived, refusedArrived: hasPerson(faulty) };
}

const timesAgain = 2;
const polls = 2;

/** After the last change of a human: HubSpot delivers every webhook twice more in a mixed order, and Salesforce is polled twice. */
export async function watchQuiet(stage: Stage): Promise<Quiet> {
  const { hubspot } = stage;
  const [writes, reads] = [countWrites(stage), countReads(stage)];
  const webhooks = hubspot.webhookJournal.length * timesAgain;
  hubspot.replayAllWebhooks({ shuffled: true, times: timesAgain });
  for (let poll = 0; poll < polls; poll++) await stage.polled();
  return { webhooks, reads: countReads(stage) - reads, polls, writes: countWrites(stage) - writes };
}

function countReads({ hubspot }: Stage): number {
  return hubspot.requests.filter(({ path }) => path.endsWith('/batch/read')).length;
}
