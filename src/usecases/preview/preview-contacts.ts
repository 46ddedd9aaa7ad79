import { type PersonReference, personIdProperty, stageProperty } from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import type { PlannedLook } from '../drain/look.ts';
import { planLooks } from '../drain/plan-looks.ts';
import type { PreviewDependencies } from './dependencies.ts';
import { previewOfEnded, previewOfFailed } from './endings.ts';
import { readWanted, type Wanted } from './read-wanted.ts';
import type { Preview, PreviewChange } from './types.ts';
import { unclaimedBatch } from './unclaimed.ts';

/** What the sync would do with these contacts. By the ids as asked; one that was merged away has its survivor's. */
export async function previewContacts(
  dependencies: PreviewDependencies,
  wanted: readonly Wanted[],
  spend: Spend,
): Promise<Map<string, Preview>> {
  const { mapping, clock } = dependencies;
  const kind = { type: 'contacts', object: 'contact', properties: mapping.contact.hubspotProperties } as const;
  const { subjects, ended } = await readWanted<PersonReference>(dependencies, kind, wanted, spend);
  const now = clock.now();
  const { records, batch } = unclaimedBatch(
    subjects.map(({ record, pairId, pair, hints }) => ({ recordId: record.id, pairId, pair, hints })),
    now,
    spend,
  );
  const looks = records.flatMap((claimed, index) => {
    const contact = subjects[index]?.record;
    return contact === undefined ? [] : [{ claimed, contact, readAtMs: now }];
  });
  const { planned, failed } = await planLooks(dependencies, batch, looks);
  const previews = new Map([
    ...planned.map((look) => [look.contact.id, previewOf(look)] as const),
    ...failed.map((result) => [result.contactId, previewOfFailed('contact', result.contactId, result)] as const),
  ]);
  const answers = new Map([...ended].map(([id, how]) => [id, previewOfEnded('contact', id, how)]));
  for (const { record, askedIds } of subjects) {
    const preview = previews.get(record.id);
    if (preview !== undefined) for (const id of askedIds) answers.set(id, preview);
  }
  return answers;
}

function previewOf({ plan, contact }: PlannedLook): Preview {
  const { outcome, gate, person, write, reasons, problem } = plan;
  return {
    system: 'hubspot',
    object: 'contact',
    recordId: contact.id,
    outcome,
    passesGate: gate.passes,
    counterpart: person,
    creates: write?.operation === 'create',
    changes: changesOf(plan, contact.properties[personIdProperty] ?? null),
    reasons,
    problem,
  };
}

function changesOf({ write, contact, stage, linkBack, person }: PlannedLook['plan'], heldId: string | null) {
  const ofContact = { system: 'hubspot', object: 'contact' } as const;
  const changes: PreviewChange[] = (write?.changes ?? []).map(({ field, before, after, rule }) => {
    return { system: 'salesforce', object: write?.object ?? '', field, before, after, rule };
  });
  // The id of somebody who is created is not known yet.
  if (linkBack && person !== null) {
    changes.push({ ...ofContact, field: personIdProperty, before: heldId, after: person.id, rule: 'id' });
  }
  for (const { field, before, after, rule } of contact) changes.push({ ...ofContact, field, before, after, rule });
  if (stage.move !== null) {
    const { from, to } = stage.move;
    changes.push({ ...ofContact, field: stageProperty, before: from, after: to, rule: 'lifecycle' });
  }
  return changes;
}
