import { permissionSetName, type SetupScope } from './desired.ts';

/** What no API of the CRMs lets us do, and the clicks to do it. */
export type ByHand = { system: 'hubspot' | 'salesforce'; what: string; clicks: string };

/** In the order in which a person does it. */
export function listByHand({ company, deal }: SetupScope): readonly ByHand[] {
  const objects = ['Lead', 'Contact', ...(company ? ['Account'] : []), ...(deal ? ['Opportunity'] : [])].join(', ');
  return [
    {
      system: 'hubspot',
      what: 'The app: its scopes and webhook subscriptions stand in its folder; no token may create or list them.',
      clicks: '`hs project upload` in the folder; then HubSpot > Development > Projects > handoff > the app > Install.',
    },
    {
      system: 'salesforce',
      what: `Rights to whole objects: read, create and edit of ${objects}; and View Setup and Configuration, by which handoff check sees duplicate rules.`,
      clicks: `Setup > Permission Sets > ${permissionSetName} > Object Settings, and > System Permissions; or the profile of the integration user.`,
    },
    {
      system: 'salesforce',
      what: 'Duplicate rules that would stop our records: let them pass the integration user by.',
      clicks:
        'Setup > Duplicate Rules > the rule > Edit > Conditions: Current User, Username, not equal to, the integration user.',
    },
    {
      system: 'salesforce',
      what: 'Field history of what both sides may change, so that the newest value is known (rule newest).',
      clicks: `Setup > Object Manager > each of ${objects} > Fields & Relationships > Set History Tracking.`,
    },
    ...(deal
      ? [
          {
            system: 'hubspot' as const,
            what: 'Labels between deals and contacts that deals.yaml names under roles.',
            clicks: 'HubSpot > Settings > Objects > Deals > Associations > Create association label.',
          },
        ]
      : []),
  ];
}
