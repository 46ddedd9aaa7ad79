import type { Finding } from '../../domain/finding.ts';
import { type MappingContent, noContent, type ObjectContent } from '../../domain/mapping-view/types.ts';
import { loadMappingTexts, type MappingTexts } from '../load.ts';
import type { MappingName } from '../schema.ts';
import { checkShape } from '../shape.ts';
import { parseYaml } from '../yaml-source.ts';
import type { Told } from './source.ts';
import { tellCompanies } from './tell-companies.ts';
import { tellContacts } from './tell-contacts.ts';
import { tellDeals, tellPipelines } from './tell-deals.ts';
import { tellGate } from './tell-gate.ts';
import { tellLifecycle, tellMoves, tellStages } from './tell-lifecycle.ts';
import { tellOwners } from './tell-owners.ts';

/**
 * What the files of a mapping say, as people read it, and the limits as the gate names them (null: it cannot be read). A file that this build
 * cannot read is left out, and the rest is told all the same: `faults` names what is wrong with all of them, and is empty where work could be
 * done under them. Throws nothing.
 */
export function readContent(texts: MappingTexts): { content: MappingContent; faults: readonly Finding[] } {
  const loaded = loadMappingTexts(texts, '');
  const faults = loaded.ok ? [] : loaded.findings.filter(({ severity }) => severity === 'error');
  return { content: tellFiles(texts), faults };
}

function tellFiles(texts: MappingTexts): MappingContent {
  const lifecycle = told('lifecycle', texts);
  const gate = told('gate', texts);
  const contacts = told('contacts', texts);
  const companies = told('companies', texts);
  const deals = told('deals', texts);
  const owners = told('owners', texts);
  const labels = new Map(lifecycle?.file.stages.map(({ name, label }) => [name, label]));
  const opensAt = new Set(gate?.file.opens_at);
  return {
    gate: gate && tellGate(gate, labels),
    stages: lifecycle === null ? [] : tellStages(lifecycle, opensAt),
    moves: lifecycle === null ? [] : tellMoves(lifecycle, opensAt),
    lifecycle: { settings: lifecycle === null ? [] : tellLifecycle(lifecycle) },
    objects: [
      ...(contacts === null ? [] : [tellContacts(contacts, labels)]),
      ...(companies === null ? offOr(texts, 'companies') : [tellCompanies(companies)]),
      ...(deals === null ? offOr(texts, 'deals') : [tellDeals(deals)]),
    ],
    pipelines: deals === null ? [] : tellPipelines(deals),
    owners: owners === null ? noContent.owners : tellOwners(owners),
  };
}

/** Null: there is no such file, or nothing can be read of it. */
function told<Name extends MappingName>(name: Name, texts: MappingTexts): Told<Name> | null {
  const text = texts[name];
  if (text === undefined) return null;
  const source = parseYaml(`${name}.yaml`, text);
  if (source.document.errors.length > 0) return null;
  const shape = checkShape(name, source);
  return shape.ok ? { source, file: shape.file } : null;
}

/** Without their file companies and deals are off; one that is there and cannot be read says nothing. */
function offOr(texts: MappingTexts, name: 'companies' | 'deals'): ObjectContent[] {
  if (texts[name] !== undefined) return [];
  const off = { on: false, fields: [], settings: [] };
  return name === 'companies'
    ? [{ kind: 'company', hubspot: 'Company', salesforce: ['Account'], ...off }]
    : [{ kind: 'deal', hubspot: 'Deal', salesforce: ['Opportunity'], ...off }];
}
