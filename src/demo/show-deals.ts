import { renderTable } from '../cli/table.ts';
import { contactsOfDeal, opportunityOfDeal, rolesOf } from './records.ts';
import type { Stage } from './stage.ts';
import { tellDecision, tellEntry } from './tell.ts';
import { wrap } from './wrap.ts';

/** Both sides of each deal: where it stands, for how much, until when, and with how many people; then why one is not in Salesforce. */
export async function showDeals(stage: Stage): Promise<string> {
  const rows = stage.hubspot.deals().map(({ id, properties }) => {
    const opportunity = opportunityOfDeal(stage, id);
    const { dealname = '', dealstage = '', amount = '' } = properties;
    if (opportunity === undefined) return [dealname, dealstage, amount, 'none', '', '', ''];
    const { Id, StageName, Amount, CloseDate } = opportunity;
    const met = `${rolesOf(stage, Id).length} of ${contactsOfDeal(stage, id).length}`;
    return [dealname, dealstage, amount, `${StageName}`, `${Amount}`, `${CloseDate}`, met];
  });
  const header = ['deal', 'stage', 'amount', 'Opportunity', 'amount', 'closes', 'roles'];
  const missing = stage.hubspot.deals().filter(({ id }) => opportunityOfDeal(stage, id) === undefined);
  const whys = missing.map(async ({ id, properties: { dealname } }) =>
    wrap(`${dealname}: ${tellDecision(await stage.service.timeline(id, 'deals'))}`, '', 100),
  );
  return [...renderTable(header, rows), ...(await Promise.all(whys)).flat()].join('\n');
}

/** Where one deal stands, and all that happened to it, the oldest first. */
export async function tellDeal({ hubspot, service }: Stage, dealId: string): Promise<string> {
  const [{ sentence }, timeline] = await Promise.all([service.explainDeal(dealId), service.timeline(dealId, 'deals')]);
  return [
    `What happened to the deal ${hubspot.getDeal(dealId)?.properties.dealname} (${dealId}), and why:`,
    ...timeline.toReversed().flatMap(tellEntry),
    ...wrap(`Now: ${sentence}`, '  '),
  ].join('\n');
}
