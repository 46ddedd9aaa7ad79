import type { Finding } from '../domain/finding.ts';
import type { LifecycleMapping } from '../domain/mapping/types.ts';
import type { FieldValue } from '../domain/record.ts';
import { leadStatusField } from './compile-lifecycle.ts';
import { namesByObject } from './field-entry.ts';
import type { MappingFiles } from './schema.ts';
import { findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

type Contacts = MappingFiles['contacts'];

/** Lead Status values that contacts.yaml writes, against those that lifecycle.yaml gives a meaning. */
export function checkLeadStatuses(source: YamlSource, file: Contacts, lifecycle: LifecycleMapping): Finding[] {
  const known = knownStatuses(lifecycle);
  // A lifecycle.yaml that says nothing of Salesforce leaves the stage to HubSpot alone.
  if (known.size === 0) return [];
  const unknown = writtenStatuses(file).filter(({ value }) => value !== null && !known.has(String(value)));
  return unknown.map(({ value, at }) =>
    findingAtPath(source, at, {
      severity: 'warning',
      code: 'status_not_in_lifecycle',
      what: `A lead may be handed over with the Lead Status "${value}", which no stage and no recycle in lifecycle.yaml names.`,
      why: 'Nobody would know what it means for the lifecycle stage: such contacts become failures (status_unknown).',
      fix: 'Add it to a stage under stages[].salesforce.lead_status in lifecycle.yaml.',
    }),
  );
}

/** The Lead Status values that a stage or a recycle names. */
function knownStatuses({ stages, recycles }: LifecycleMapping): ReadonlySet<string> {
  return new Set([
    ...stages.flatMap(({ salesforce }) => salesforce?.leadStatuses ?? []),
    ...recycles.flatMap(({ fields, values }) => (fields.Lead === leadStatusField ? [...values] : [])),
  ]);
}

function writtenStatuses({ fields, defaults }: Contacts): { value: FieldValue; at: Path }[] {
  const mapped = fields.flatMap(({ salesforce, values, unmapped }, index) => {
    if (namesByObject(salesforce).Lead !== leadStatusField) return [];
    const named = Object.entries(values ?? {}).map(([from, value]) => ({
      value,
      at: ['fields', index, 'values', from],
    }));
    if (typeof unmapped !== 'object') return named;
    return [...named, { value: unmapped.default, at: ['fields', index, 'unmapped', 'default'] }];
  });
  const value = defaults.lead[leadStatusField];
  return value === undefined ? mapped : [...mapped, { value, at: ['defaults', 'lead', leadStatusField] }];
}
