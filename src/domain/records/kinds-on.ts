import type { HubSpotObject } from '../record.ts';

/** The kinds of records that a mapping syncs: contacts always, companies and deals where they are on. */
export function kindsOn({
  company,
  deal,
}: {
  company: { isOn: boolean };
  deal: { isOn: boolean };
}): readonly HubSpotObject[] {
  return ['contact', ...(company.isOn ? ['company' as const] : []), ...(deal.isOn ? ['deal' as const] : [])];
}
