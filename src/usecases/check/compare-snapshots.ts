import type { FieldShape, SchemaSnapshot } from '../../ports/ledger-schemas.ts';

/** How something became different. */
export type Change = 'removed' | 'renamed' | 'retyped' | 'shortened' | 'deactivated' | 'added' | 'required';

/** What changed: a field of an object, a value of its picklist, or a stage, pipeline or record type (`field` null). */
export type SchemaDifference = {
  change: Change;
  /** `hubspot.contacts`, `salesforce.Lead` …; of stages and pipelines `hubspot.pipelines`, `salesforce.StageName`, `salesforce.RecordType`. */
  object: string;
  field: string | null;
  /** The value, stage or pipeline; null: the field itself. */
  value: string | null;
  /** What it was and is, or what it may be called now; empty where there is nothing to add. */
  detail: string;
};

/** Labels of what an object has now, by name: whether something that is gone has only another name. */
export type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

type Given = {
  before: SchemaSnapshot;
  now: SchemaSnapshot;
  used: ReadonlyMap<string, ReadonlySet<string>>;
  labels: Labels;
};

/**
 * What became different between two looks, of what the mapping uses. What it did not use at the first look is not compared: there is nothing
 * to compare it with. Pure.
 */
export function compareSnapshots(given: Given): readonly SchemaDifference[] {
  const { before, now } = given;
  return [
    ...Object.entries(before.objects).flatMap(([object, { fields }]) =>
      Object.entries(fields).flatMap(([field, was]) => compareField(given, object, field, was)),
    ),
    ...newlyRequired(given),
    ...comparePipelines(before, now),
    ...compareStageNames(before, now),
    ...compareRecordTypes(before, now),
  ];
}

function compareField(
  { now, used, labels }: Given,
  object: string,
  field: string,
  was: FieldShape,
): SchemaDifference[] {
  const here = now.objects[object];
  // A kind that was switched off, or a field that no line names any more.
  if (here === undefined || used.get(object)?.has(field) !== true) return [];
  const is = here.fields[field];
  const at = { object, field, value: null };
  if (is === undefined) {
    const known = [...(labels.get(object) ?? [])].find(([name, label]) => label === was.label && name !== field);
    if (known === undefined) return [{ ...at, change: 'removed', detail: '' }];
    return [{ ...at, change: 'renamed', detail: `the label "${was.label}" now belongs to ${known[0]}` }];
  }
  const isShorter = is.length > 0 && is.length < was.length;
  return [
    ...(is.type === was.type ? [] : [{ ...at, change: 'retyped', detail: `from ${was.type} to ${is.type}` } as const]),
    ...(isShorter ? [{ ...at, change: 'shortened', detail: `from ${was.length} to ${is.length}` } as const] : []),
    ...compareOptions(object, field, was, is),
  ];
}

function compareOptions(object: string, field: string, was: FieldShape, is: FieldShape): SchemaDifference[] {
  const gone = was.options.flatMap((old): SchemaDifference[] => {
    const at = { object, field, value: old.value };
    const kept = is.options.find(({ value }) => value === old.value);
    if (kept !== undefined) return old.isActive && !kept.isActive ? [{ ...at, change: 'deactivated', detail: '' }] : [];
    const other = is.options.find(
      ({ value, label }) => label === old.label && !was.options.some((each) => each.value === value),
    );
    if (other === undefined) return [{ ...at, change: 'removed', detail: '' }];
    return [{ ...at, change: 'renamed', detail: `the label "${old.label}" now belongs to ${other.value}` }];
  });
  const renamed = new Set(was.options.map(({ label }) => label));
  const added = is.options
    .filter(({ value }) => !was.options.some((old) => old.value === value))
    .filter(
      ({ label }) => !renamed.has(label) || was.options.some((old) => old.label === label && stillThere(old.value, is)),
    )
    .map(({ value }): SchemaDifference => ({ object, field, value, change: 'added', detail: '' }));
  return [...gone, ...added];
}

function stillThere(value: string, { options }: FieldShape): boolean {
  return options.some((option) => option.value === value);
}

/** Any field may become required, also one that no line names. */
function newlyRequired({ before, now }: Given): SchemaDifference[] {
  return Object.entries(now.objects).flatMap(([object, { required }]) => {
    const was = before.objects[object];
    if (was === undefined) return [];
    return required
      .filter((field) => !was.required.includes(field))
      .map((field) => ({ change: 'required', object, field, value: null, detail: '' }) as const);
  });
}

function comparePipelines(before: SchemaSnapshot, now: SchemaSnapshot): SchemaDifference[] {
  if (before.pipelines.length === 0 || now.pipelines.length === 0) return [];
  return compareNamed('hubspot.pipelines', before.pipelines, now.pipelines, '').concat(
    before.pipelines.flatMap((was) => {
      const is = now.pipelines.find(({ id }) => id === was.id);
      return is === undefined ? [] : compareNamed('hubspot.pipelines', was.stages, is.stages, `in ${was.label}`);
    }),
  );
}

type Named = { id: string; label: string };

function compareNamed(object: string, was: readonly Named[], is: readonly Named[], detail: string): SchemaDifference[] {
  const to = (change: Change, { id, label }: Named, more = detail): SchemaDifference => {
    return { change, object, field: null, value: id === label ? id : `${id} (${label})`, detail: more };
  };
  return [
    ...was.flatMap((old) => {
      const kept = is.find(({ id }) => id === old.id);
      if (kept === undefined) return [to('removed', old)];
      return kept.label === old.label ? [] : [to('renamed', old, `it is called ${kept.label} now`)];
    }),
    ...is.filter(({ id }) => !was.some((old) => old.id === id)).map((each) => to('added', each)),
  ];
}

function compareStageNames(before: SchemaSnapshot, now: SchemaSnapshot): SchemaDifference[] {
  if (before.stageNames.length === 0 || now.stageNames.length === 0) return [];
  const to = (change: Change, value: string): SchemaDifference => {
    return { change, object: 'salesforce.StageName', field: null, value, detail: '' };
  };
  return [
    ...before.stageNames.flatMap(({ name, isActive }) => {
      const kept = now.stageNames.find((each) => each.name === name);
      if (kept === undefined) return [to('removed', name)];
      return isActive && !kept.isActive ? [to('deactivated', name)] : [];
    }),
    ...now.stageNames
      .filter(({ name }) => !before.stageNames.some((each) => each.name === name))
      .map(({ name }) => to('added', name)),
  ];
}

function compareRecordTypes(before: SchemaSnapshot, now: SchemaSnapshot): SchemaDifference[] {
  const to = (change: Change, value: string): SchemaDifference => {
    return { change, object: 'salesforce.RecordType', field: null, value, detail: '' };
  };
  if (before.stageNames.length === 0 || now.stageNames.length === 0) return [];
  return [
    ...before.recordTypes.filter((name) => !now.recordTypes.includes(name)).map((name) => to('removed', name)),
    ...now.recordTypes.filter((name) => !before.recordTypes.includes(name)).map((name) => to('added', name)),
  ];
}
