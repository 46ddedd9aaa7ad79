import type { Finding } from '../domain/finding.ts';
import type { LifecycleMapping, LifecycleStage, RecycleRule, StageFacts } from '../domain/mapping/types.ts';
import { checkStatuses } from './check-lifecycle.ts';
import { namesByObject } from './field-entry.ts';
import { findStage } from './find-stage.ts';
import type { MappingFiles, RecycleEntry } from './schema.ts';
import { findingAtPath, type YamlSource } from './yaml-source.ts';

type Lifecycle = MappingFiles['lifecycle'];

/** The standard field whose values are called Lead Status. */
export const leadStatusField = 'Status';

/** The stages in the order of the funnel, and how the facts in Salesforce move a contact between them. */
export function compileLifecycle(source: YamlSource, file: Lifecycle, findings: Finding[]): LifecycleMapping {
  const stages = file.stages.map(toStage);
  findings.push(...stagesTwice(source, stages), ...checkStatuses(source, file));
  const returns = file.recycle.flatMap((entry, index) => {
    const why = 'Nobody could be sent back to it.';
    const stage = findStage(source, ['recycle', index, 'to'], entry.to, stages, why, findings);
    return stage === null ? [] : { entry, stage };
  });
  const lost = returns.find(({ entry }) => entry.opportunity !== undefined);
  return {
    stages,
    contactStatusField: file.contact_status_field,
    recycles: returns
      .filter(({ entry }) => entry.opportunity === undefined)
      .map(({ entry, stage }) => toRule(entry, stage, file.contact_status_field)),
    recycleLost: lost === undefined ? null : { to: lost.stage.hubspot, reason: lost.entry.reason },
    reasonProperty: file.reason_property,
    reopen: { Lead: file.reopen.lead ?? null, Contact: file.reopen.contact ?? null },
    movedBack: file.moved_back,
  };
}

function toStage(entry: Lifecycle['stages'][number]): LifecycleStage {
  const { name, label, owner } = entry;
  return { name, hubspot: entry.hubspot ?? name, label, owner, salesforce: toFacts(entry.salesforce) };
}

function toFacts(entry: Lifecycle['stages'][number]['salesforce']): StageFacts | null {
  if (entry == null) return null;
  return {
    leadStatuses: entry.lead_status ?? [],
    contactStatuses: entry.contact_status ?? [],
    converted: entry.converted ?? false,
    opportunity: entry.opportunity ?? null,
  };
}

function toRule(entry: RecycleEntry, { hubspot: to }: LifecycleStage, contactField: string | null): RecycleRule {
  const { lead_status, contact_status, field, values, reason } = entry;
  if (lead_status !== undefined) return { fields: { Lead: leadStatusField }, values: new Set(lead_status), to, reason };
  // Without contact_status_field the file is refused: see check-lifecycle.
  const fields = field === undefined ? { Contact: contactField ?? '' } : namesByObject(field);
  return { fields, values: new Set(contact_status ?? values), to, reason };
}

function stagesTwice(source: YamlSource, stages: readonly LifecycleStage[]): Finding[] {
  return (['name', 'hubspot'] as const).flatMap((key) =>
    stages.flatMap((stage, index) => {
      const first = stages.findIndex((other) => other[key] === stage[key]);
      // A stage without a HubSpot value of its own repeats it together with its name: one finding is enough.
      const named = key === 'hubspot' && stages[first]?.name === stage.name;
      if (first === index || named) return [];
      return findingAtPath(source, ['stages', index, key], {
        code: 'stage_twice',
        what: `The stage ${stage.name} stands here a second time (${key} ${stage[key]}).`,
        why: 'A contact is in one stage; two entries for it would contradict each other.',
        fix: 'Remove one of the two.',
      });
    }),
  );
}
