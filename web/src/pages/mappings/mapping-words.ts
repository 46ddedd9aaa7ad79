import type { Answer } from '../../../../src/http/contract/index.ts';
import type { Tone } from '../../parts/tones.ts';

export type Mapping = Answer<'GET /mappings/{version}'>;
export type MappedObject = Mapping['objects'][number];
export type MappedField = MappedObject['fields'][number];
export type MappingChange = NonNullable<Mapping['changes']>['items'][number];
export type Move = Mapping['moves'][number];

const objectNames: Readonly<Record<MappedObject['kind'], string>> = {
  contact: 'Contacts',
  company: 'Companies',
  deal: 'Deals',
};

export function objectName(kind: MappedObject['kind']): string {
  return objectNames[kind];
}

/** Which way a field's values go, as an arrow and in words. */
export const flows: Readonly<Record<MappedField['flow'], { arrow: string; words: string }>> = {
  to_salesforce: { arrow: '→', words: 'from HubSpot to Salesforce' },
  to_hubspot: { arrow: '←', words: 'from Salesforce to HubSpot' },
  both: { arrow: '↔', words: 'both ways' },
  none: { arrow: '·', words: 'never written' },
};

/** Active, proposed, or an earlier version. */
export function versionState({ active, proposed }: Pick<Mapping, 'active' | 'proposed'>): { text: string; tone: Tone } {
  if (active) return { text: 'Live', tone: 'ok' };
  return proposed ? { text: 'Proposed', tone: 'info' } : { text: 'Earlier', tone: 'quiet' };
}

export const changeTones: Readonly<Record<MappingChange['change'], Tone>> = {
  added: 'ok',
  removed: 'error',
  changed: 'warning',
};

/** Fields that a search is about: by any of their names or the rule. */
export function fieldsLike(fields: readonly MappedField[], query: string): readonly MappedField[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return fields;
  return fields.filter(({ hubspot, salesforce, rule }) =>
    `${hubspot} ${salesforce} ${rule}`.toLowerCase().includes(wanted),
  );
}

/** `contacts.yaml:14`; a default stands in no file. */
export function placeWords({ file, line }: { file: string; line: number | null }): string {
  return line === null ? `${file} (default)` : `${file}:${line}`;
}

/** Moves that are no step to the next stage: a diagram draws them as arcs. */
export function returnsOf(moves: readonly Move[]): readonly Move[] {
  return moves.filter(({ kind }) => kind === 'recycle');
}
