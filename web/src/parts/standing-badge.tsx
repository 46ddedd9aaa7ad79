import type { Answer } from '../../../src/http/contract/index.ts';
import { Tag, type Tone } from './tone.tsx';

export type Standing = Answer<'GET /contacts'>['items'][number]['standing'];

const words: Readonly<Record<Standing, { text: string; tone: Tone; title: string }>> = {
  paired: { text: 'In both', tone: 'ok', title: 'HubSpot and Salesforce both have it, and they are linked.' },
  hubspot_only: { text: 'HubSpot only', tone: 'quiet', title: 'Salesforce does not have it.' },
  salesforce_only: { text: 'Salesforce only', tone: 'quiet', title: 'HubSpot does not have it.' },
  ended: { text: 'Link ended', tone: 'warning', title: 'It had a counterpart that is gone or was merged.' },
};

/** Which of both CRMs has a record. */
export function StandingBadge({ standing }: { standing: Standing }) {
  const { text, tone, title } = words[standing];
  return (
    <Tag tone={tone} title={title}>
      {text}
    </Tag>
  );
}
