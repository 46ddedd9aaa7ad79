import { playDeals } from './deals.ts';
import { checkPromises, type PromiseCheck } from './promises/check.ts';
import { lookAtRefusal, watchQuiet } from './promises/watch.ts';
import { countsOf, describeFailure, showContacts, showPromises, tellHistory } from './show.ts';
import { showDeals, tellDeal } from './show-deals.ts';
import type { Stage } from './stage.ts';
import { mend, playStory } from './story.ts';
import { playWayBack } from './way-back.ts';
import { wrap } from './wrap.ts';

export type DemoReport = {
  ok: boolean;
  promises: readonly PromiseCheck[];
  counts: Readonly<Record<string, number>>;
};

/** Plays the story, shows what went where and why, and holds the promises against both CRMs. */
export async function runDemo(stage: Stage, print: (text: string) => void): Promise<DemoReport> {
  const narrate = (text: string) => print(`\n> ${wrap(text, '  ').join('\n').trimStart()}`);
  const cast = await playStory(stage, narrate);
  const refusal = await lookAtRefusal(stage, cast);
  print(`\n${describeFailure(refusal.failure)}`);
  narrate('Marketing corrects the country; the failure clears by itself.');
  await mend(stage, cast.faulty);

  const wayBack = await playWayBack(stage, cast, narrate);
  const deals = await playDeals(stage, cast, wayBack.opportunityId, narrate);
  narrate('HubSpot delivers every webhook of the day twice more, in a mixed order, and Salesforce is polled twice.');
  const quiet = await watchQuiet(stage);

  print(`\n${await showContacts(stage)}`);
  print(`\n${await showDeals(stage)}`);
  print(`\n${await tellHistory(stage, cast.grace)}`);
  print(`\n${await tellDeal(stage, deals.dora.deal)}`);
  const promises = await checkPromises(stage, { cast, wayBack, deals, refusal, quiet });
  print(`\n${showPromises(promises)}`);
  return { ok: promises.every(({ held }) => held), promises, counts: countsOf(stage) };
}
