import type { Finding } from '../domain/finding.ts';
import type { Gate, LifecycleMapping } from '../domain/mapping/types.ts';
import { namesByObject } from './field-entry.ts';
import type { MappingFiles } from './schema.ts';
import { findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

type Lifecycle = MappingFiles['lifecycle'];

/** One thing in Salesforce that the file gives a meaning. `words`: how people name it; `means`: the stage or the recycle. */
type Meaning = { key: string; words: string; means: string; at: Path };

/** What the shape of lifecycle.yaml cannot say: each status means one thing, and a returned person is reopened as one that means a stage. */
export function checkStatuses(source: YamlSource, file: Lifecycle): Finding[] {
  return [...meantTwice(source, file), ...withoutStatusField(source, file), ...checkReopen(source, file)];
}

function meanings(file: Lifecycle): Meaning[] {
  return [...stageMeanings(file), ...recycleMeanings(file)];
}

function stageMeanings({ stages }: Lifecycle): Meaning[] {
  return stages.flatMap(({ name, salesforce }, index) => {
    const means = `the stage ${name}`;
    const at: Path = ['stages', index, 'salesforce'];
    const converted: Meaning = { key: 'converted', words: 'converted: true', means, at: [...at, 'converted'] };
    const opportunity = `opportunity: ${salesforce?.opportunity}`;
    return [
      ...valueMeanings('Lead.Status', salesforce?.lead_status, means, [...at, 'lead_status']),
      ...valueMeanings('Contact status', salesforce?.contact_status, means, [...at, 'contact_status']),
      ...(salesforce?.converted === true ? [converted] : []),
      ...(salesforce?.opportunity === undefined
        ? []
        : [{ key: opportunity, words: opportunity, means, at: [...at, 'opportunity'] }]),
    ];
  });
}

function recycleMeanings(file: Lifecycle): Meaning[] {
  return file.recycle.flatMap((entry, index) => {
    const means = `a recycle to ${entry.to}`;
    const at: Path = ['recycle', index];
    const fields = entry.field === undefined ? {} : namesByObject(entry.field);
    const status = `Contact.${file.contact_status_field}`;
    return [
      ...valueMeanings('Lead.Status', entry.lead_status, means, [...at, 'lead_status']),
      ...valueMeanings('Contact status', entry.contact_status, means, [...at, 'contact_status']),
      ...Object.entries(fields)
        .map(([object, field]) => `${object}.${field}`)
        .flatMap((name) =>
          valueMeanings(name === status ? 'Contact status' : name, entry.values, means, [...at, 'values']),
        ),
      ...(entry.opportunity === undefined ? [] : [lostMeaning(means, [...at, 'opportunity'])]),
    ];
  });
}

function lostMeaning(means: string, at: Path): Meaning {
  return { key: 'opportunity: lost', words: 'opportunity: lost', means, at };
}

function valueMeanings(name: string, values: readonly string[] | undefined, means: string, at: Path): Meaning[] {
  return (values ?? []).map((value, index) => ({
    key: `${name}=${value}`,
    words: `${name === 'Lead.Status' ? 'the Lead Status' : name} "${value}"`,
    means,
    at: [...at, index],
  }));
}

function meantTwice(source: YamlSource, file: Lifecycle): Finding[] {
  const all = meanings(file);
  return all.flatMap((meaning, index) => {
    const first = all.findIndex(({ key }) => key === meaning.key);
    if (first === index) return [];
    return findingAtPath(source, meaning.at, {
      code: 'status_twice',
      what: `${meaning.words} stands here a second time: it means ${all[first]?.means} already.`,
      why: 'One fact in Salesforce would say two things of the lifecycle stage.',
      fix: `Remove it here, or from ${all[first]?.means}.`,
    });
  });
}

function withoutStatusField(source: YamlSource, file: Lifecycle): Finding[] {
  if (file.contact_status_field !== null) return [];
  const used: Path[] = [
    ...file.stages.flatMap(({ salesforce }, index): Path[] =>
      salesforce?.contact_status === undefined ? [] : [['stages', index, 'salesforce', 'contact_status']],
    ),
    ...file.recycle.flatMap(({ contact_status }, index): Path[] =>
      contact_status === undefined ? [] : [['recycle', index, 'contact_status']],
    ),
    ...(file.reopen.contact == null ? [] : [['reopen', 'contact']]),
  ];
  return used.map((at) =>
    findingAtPath(source, at, {
      code: 'contact_status_without_field',
      what: 'A status of Salesforce Contacts is named, but contact_status_field is not set.',
      why: 'Standard Contacts have no status: nobody knows in which field to look.',
      fix: 'Set contact_status_field to the API name of the field, or remove the status.',
    }),
  );
}

function checkReopen(source: YamlSource, file: Lifecycle): Finding[] {
  return [
    ...reopenFindings(source, file, 'lead', 'Lead.Status'),
    ...reopenFindings(source, file, 'contact', 'Contact status'),
  ];
}

function reopenFindings(source: YamlSource, file: Lifecycle, object: 'lead' | 'contact', name: string): Finding[] {
  const status = file.reopen[object];
  if (status == null) return [];
  const key = `${name}=${status}`;
  if (recycleMeanings(file).some((meaning) => meaning.key === key)) {
    return [
      findingAtPath(source, ['reopen', object], {
        code: 'reopen_recycles',
        what: `A person is reopened with the status "${status}", which sends the contact back.`,
        why: 'Whoever qualifies again would be recycled at once.',
        fix: 'Name a status of the stage in which sales begins.',
      }),
    ];
  }
  if (stageMeanings(file).some((meaning) => meaning.key === key)) return [];
  return [
    findingAtPath(source, ['reopen', object], {
      code: 'reopen_without_stage',
      what: `A person is reopened with the status "${status}", which no stage names.`,
      why: 'Nobody would know what the reopened person means for the lifecycle stage.',
      fix: 'Add the status to a stage, or reopen with one that a stage names.',
    }),
  ];
}

/** A recycle must lead below the gate: else the contact would be handed over again at once. */
export function checkRecycles(
  source: YamlSource,
  file: Lifecycle,
  { stages }: LifecycleMapping,
  gate: Gate,
): Finding[] {
  return file.recycle.flatMap(({ to }, index) => {
    const stage = stages.find(({ name }) => name === to);
    if (stage === undefined || !gate.opensAt(stage.hubspot)) return [];
    return findingAtPath(source, ['recycle', index, 'to'], {
      code: 'recycle_above_gate',
      what: `The recycle leads to ${to}, a stage that opens the gate.`,
      why: 'The contact would be handed over again at once.',
      fix: 'Name a stage below the gate, such as lead.',
    });
  });
}
