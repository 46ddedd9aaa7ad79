import type { Finding } from '../domain/finding.ts';
import { sameValue } from '../domain/mapping/normalise.ts';
import type { CompiledMapping, MappingFile } from '../domain/mapping/types.ts';
import { planCreate } from '../domain/plan/plan-create.ts';
import type { PlanInput } from '../domain/plan/types.ts';
import type { FieldValue, PersonObject } from '../domain/record.ts';
import { type Miss, recordMisses, recordMissesBack } from './examples-records.ts';
import type { MappingFiles } from './schema.ts';
import { type Complaint, findingAtPath, type YamlSource } from './yaml-source.ts';

type Sources = Readonly<Partial<Record<MappingFile, YamlSource>>>;
type Given = Readonly<Record<string, FieldValue>>;

/** Plays the examples that stand beside the rules; each that does not come out as written is a finding at its place. */
export function runExamples(sources: Sources, files: Partial<MappingFiles>, mapping: CompiledMapping): Finding[] {
  const gate = (files.gate?.examples ?? []).flatMap((example, index) =>
    inFile(sources.gate, index, gateComplaints(mapping, example)),
  );
  const contacts = (files.contacts?.examples ?? []).flatMap((example, index) =>
    inFile(sources.contacts, index, contactComplaints(mapping, example)),
  );
  const back = (files.contacts?.examples_back ?? []).flatMap((example, index) =>
    inFile(sources.contacts, index, backComplaints(mapping, example), 'examples_back'),
  );
  return [...gate, ...contacts, ...back, ...recordExamples(sources, files, mapping)];
}

function recordExamples(sources: Sources, files: Partial<MappingFiles>, { company, deal }: CompiledMapping): Finding[] {
  const kinds = [
    { name: 'companies', played: { object: 'Account', mapping: company, pipelines: null } },
    { name: 'deals', played: { object: 'Opportunity', mapping: deal, pipelines: deal.pipelines } },
  ] as const;
  return kinds.flatMap(({ name, played }) => [
    ...(files[name]?.examples ?? []).flatMap((example, index) =>
      inFile(sources[name], index, recordMisses(played, example)),
    ),
    ...(files[name]?.examples_back ?? []).flatMap((example, index) =>
      inFile(sources[name], index, recordMissesBack(played, example), 'examples_back'),
    ),
  ]);
}

function inFile(source: YamlSource | undefined, index: number, misses: readonly Miss[], key = 'examples'): Finding[] {
  if (source === undefined) return [];
  return misses.map(({ path, what }) => {
    const complaint: Complaint = {
      code: 'example_failed',
      what,
      why: 'The example says what was meant; the rules do something else.',
      fix: 'Correct the rule, or the example if it is the example that is wrong.',
    };
    return findingAtPath(source, [key, index, ...path], complaint);
  });
}

function gateComplaints(mapping: CompiledMapping, example: MappingFiles['gate']['examples'][number]): Miss[] {
  const decision = mapping.gate.decide(toProperties(example.hubspot, []));
  if (decision.passes !== example.passes) {
    const what = `"${example.name}" ${decision.passes ? 'passes the gate' : 'does not pass the gate'}: ${decision.text}`;
    return [{ path: ['passes'], what }];
  }
  if (example.code === undefined || example.code === decision.code) return [];
  return [{ path: ['code'], what: `"${example.name}" is decided by ${decision.code}, not by ${example.code}.` }];
}

function contactComplaints(mapping: CompiledMapping, example: MappingFiles['contacts']['examples'][number]): Miss[] {
  const object = objectOf(mapping, example.object);
  const decision = planCreate(createInput(mapping, object, example.hubspot));
  const problem = decision.kind === 'problem' ? decision.problem.code : undefined;
  if (problem !== example.problem) {
    const what = `"${example.name}" ends with ${problem ?? 'no problem'}, not with ${example.problem ?? 'none'}.`;
    return [{ path: example.problem === undefined ? [] : ['problem'], what }];
  }
  const changes = decision.kind === 'write' ? (decision.write?.changes ?? []) : [];
  return Object.entries(example.salesforce ?? {}).flatMap(([field, expected]) => {
    const actual = changes.find((change) => change.field === field)?.after ?? null;
    if (sameValue(actual, expected)) return [];
    const what = `"${example.name}": ${object}.${field} becomes ${show(actual)}, not ${show(expected)}.`;
    return [{ path: ['salesforce', field], what }];
  });
}

function objectOf({ contact }: CompiledMapping, named: 'lead' | 'contact' | undefined): PersonObject {
  if (named === undefined) return contact.create;
  return named === 'lead' ? 'Lead' : 'Contact';
}

function backComplaints(mapping: CompiledMapping, example: MappingFiles['contacts']['examples_back'][number]): Miss[] {
  const object = objectOf(mapping, example.object);
  return Object.entries(example.hubspot).flatMap(([property, expected]) => {
    const path = ['hubspot', property];
    const mapped = mapping.contact.fields.find(({ hubspot }) => hubspot === property);
    const field = mapped?.salesforce[object];
    if (mapped === undefined || field === undefined) {
      return [{ path, what: `"${example.name}": no field of a ${object} leads to ${property}.` }];
    }
    const back = mapped.convertBack(example.salesforce[field] ?? null, undefined);
    if (back.kind === 'value' && sameValue(back.value, expected)) return [];
    const actual = back.kind === 'value' ? `becomes ${show(back.value)}` : `stays as it is (${back.code})`;
    return [{ path, what: `"${example.name}": ${property} ${actual}, not ${show(expected)}.` }];
  });
}

/** A contact of an example whom nobody in Salesforce stands for, in an org with one user, who is every contact's owner. */
function createInput(mapping: CompiledMapping, object: PersonObject, given: Given): PlanInput {
  const owner = { ...mapping.contact.owner, fallbackEmail: exampleUser };
  const properties = toProperties(given, mapping.contact.hubspotProperties);
  return {
    now: 0,
    mapping: { ...mapping, contact: { ...mapping.contact, create: object, owner } },
    contact: { id: '1', properties, mergedIds: [], updatedAtMs: 0 },
    pair: null,
    persons: { byExternalId: [], byId: [], byEmail: [] },
    owners: {
      usersByEmail: new Map([[exampleUser, { id: 'user', isActive: true }]]),
      emailsByOwner: new Map(),
      teamsByOwner: new Map(),
      ownersByEmail: new Map(),
      emailsByUser: new Map(),
    },
    fieldFacts: () => undefined,
    histories: null,
    deadContactIds: new Set(),
    ourUserId: null,
    deals: [],
    company: null,
    linkBelowGate: false,
  };
}

const exampleUser = 'user@example.com';

/** HubSpot holds texts only; a property that an example leaves out is empty. */
function toProperties(given: Given, names: readonly string[]): Record<string, string | null> {
  const all = [...names, ...Object.keys(given)];
  return Object.fromEntries(all.map((name) => [name, given[name] == null ? null : String(given[name])]));
}

function show(value: FieldValue): string {
  return value === null ? 'empty' : JSON.stringify(value);
}
