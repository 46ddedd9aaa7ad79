import type { Finding, Place } from '../domain/finding.ts';
import { stageFieldNames } from '../domain/lifecycle/facts.ts';
import { stageDateProperties } from '../domain/lifecycle/transitions.ts';
import type { CompanyMapping } from '../domain/mapping/record-types.ts';
import type { CompiledMapping, LifecycleMapping, MappingFile } from '../domain/mapping/types.ts';
import { accountField, contactCompanyProperty } from '../domain/record.ts';
import { checkCompanyLink } from './check-contacts.ts';
import { checkLeadStatuses } from './check-lead-statuses.ts';
import { checkRecycles } from './check-lifecycle.ts';
import { compileCompanies } from './compile-companies.ts';
import { type AlsoRead, compileContacts } from './compile-contacts.ts';
import { compileDeals } from './compile-deals.ts';
import { type CompiledBorn, compileBorn, compileEvents, compileFights } from './compile-events.ts';
import { type CompiledGate, compileGate } from './compile-gate.ts';
import { compileLifecycle } from './compile-lifecycle.ts';
import { companyOff, dealOff } from './records-off.ts';
import type { MappingFiles } from './schema.ts';
import { placeOf, type YamlSource } from './yaml-source.ts';

/** A file that is missing or no YAML is not here. */
export type Sources = Readonly<Partial<Record<MappingFile, YamlSource>>>;

/** Compiles what has a shape, so that a fault in one file hides none in another. Null: something is missing. */
export function compileMapping(
  hash: string,
  sources: Sources,
  files: Partial<MappingFiles>,
  findings: Finding[],
): CompiledMapping | null {
  const { owners } = files;
  const lifecycleGiven = given(sources.lifecycle, files.lifecycle);
  const gateGiven = given(sources.gate, files.gate);
  const lifecycle = lifecycleGiven && compileLifecycle(lifecycleGiven.source, lifecycleGiven.file, findings);
  const gate = gateGiven && lifecycle && compileGate(gateGiven.source, gateGiven.file, lifecycle.stages, findings);
  if (lifecycleGiven && lifecycle && gate) {
    findings.push(...checkRecycles(lifecycleGiven.source, lifecycleGiven.file, lifecycle, gate.gate));
  }
  const company = compileOptional(sources.companies, files.companies, owners, compileCompanies, companyOff, findings);
  const deal = compileOptional(sources.deals, files.deals, owners, compileDeals, dealOff, findings);
  const rest = compileRest(sources, files, { lifecycle, gate, company }, findings);
  if (lifecycle === null || gate === null || gateGiven === null || rest === null || owners === undefined) return null;
  const { limits } = gateGiven.file;
  return {
    hash,
    ...rest,
    company,
    deal,
    gate: gate.gate,
    lifecycle,
    limits: { createsPerRun: limits.creates_per_run, changesPerRun: limits.changes_per_run },
    placeOf: (name, path) => {
      const source = sources[name];
      return source === undefined ? { file: '', line: 0, column: 0 } : placeOf(source, path);
    },
  };
}

/** Both, or null where one is missing. */
function given<File>(
  source: YamlSource | undefined,
  file: File | undefined,
): { source: YamlSource; file: File } | null {
  return source === undefined || file === undefined ? null : { source, file };
}

/** A file that may be missing. One that is faulty is told of, and compiled as if it were not there. */
function compileOptional<File, Mapping>(
  source: YamlSource | undefined,
  file: File | undefined,
  owners: MappingFiles['owners'] | undefined,
  compile: (source: YamlSource, file: File, owners: MappingFiles['owners'] | undefined, findings: Finding[]) => Mapping,
  off: Mapping,
  findings: Finding[],
): Mapping {
  return source === undefined || file === undefined ? off : compile(source, file, owners, findings);
}

type Others = { lifecycle: LifecycleMapping | null; gate: CompiledGate | null; company: CompanyMapping };

/** What contacts.yaml says. Without the other files it is compiled for the faults in it. */
function compileRest(
  sources: Sources,
  files: Partial<MappingFiles>,
  others: Others,
  findings: Finding[],
): Pick<CompiledMapping, 'contact' | 'events' | 'born' | 'fights'> | null {
  const contacts = given(sources.contacts, files.contacts);
  if (contacts === null) return null;
  const { source, file } = contacts;
  const { lifecycle, gate } = others;
  const known = lifecycle && gate && { stages: lifecycle.stages, gate: gate.gate };
  const born = compileBorn(source, file, known, findings);
  if (lifecycle !== null) findings.push(...checkLeadStatuses(source, file, lifecycle));
  if (others.company.isOn) findings.push(...checkCompanyLink(source, file));
  return {
    contact: compileContacts(source, file, files.owners, alsoRead(sources, others, born), findings),
    events: compileEvents(file),
    born: born.born,
    fights: compileFights(file),
  };
}

function alsoRead(sources: Sources, { lifecycle, gate, company }: Others, { fields }: CompiledBorn): AlsoRead {
  const reads = gate?.reads ?? new Map<string, Place>();
  const ofCompany = company.isOn ? { properties: [contactCompanyProperty], fields: [accountField] } : nothing;
  if (lifecycle === null || sources.lifecycle === undefined) {
    return { namedAt: reads, properties: ofCompany.properties, fields };
  }
  const { reasonProperty, recycles, recycleLost } = lifecycle;
  const reason: [string, Place][] =
    reasonProperty === null || (recycles.length === 0 && recycleLost === null)
      ? []
      : [[reasonProperty, placeOf(sources.lifecycle, ['reason_property'])]];
  return {
    namedAt: new Map([...reason, ...reads]),
    properties: [...stageDateProperties(lifecycle.stages), ...ofCompany.properties],
    fields: {
      Lead: [...stageFieldNames(lifecycle, 'Lead'), ...fields.Lead],
      Contact: [...stageFieldNames(lifecycle, 'Contact'), ...fields.Contact, ...ofCompany.fields],
    },
  };
}

const nothing = { properties: [], fields: [] };
