import type { FieldRule } from '../mapping/types.ts';
import type { HubSpotObject, SystemName } from '../record.ts';

/** Where something stands in the files. `line` null: it stands in no file, as it is the default. */
export type ContentPlace = { file: string; line: number | null };

/** Something the mapping says beside fields and stages: one sentence. `key`: its name in the file. */
export type MappingSetting = ContentPlace & { key: string; text: string };

export type ValuePair = { hubspot: string; salesforce: string };

/** A field of a file, in words. */
export type FieldContent = ContentPlace & {
  hubspot: string;
  /** All its names in Salesforce in one text. */
  salesforce: string;
  salesforceFields: readonly { object: string; field: string }[];
  rule: string;
  before: FieldRule;
  after: FieldRule;
  /** Who owns it, one sentence. */
  says: string;
  flow: Flow;
  transform: string | null;
  transformBack: string | null;
  values: readonly ValuePair[];
  /** Those that the file names for the way back. */
  valuesBack: readonly ValuePair[];
  unit: string | null;
  notes: readonly string[];
};

/** Where values of a field may flow at all. */
export type Flow = 'to_salesforce' | 'to_hubspot' | 'both' | 'none';

export type ObjectContent = {
  kind: HubSpotObject;
  on: boolean;
  hubspot: string;
  salesforce: readonly string[];
  fields: readonly FieldContent[];
  settings: readonly MappingSetting[];
};

export type GateConditionContent = ContentPlace & { code: string; text: string; expression: string | null };

export type GateContent = {
  sentence: string;
  /** Labels of stages. */
  opensAt: readonly string[];
  conditions: readonly GateConditionContent[];
  below: string;
};

export type StageContent = ContentPlace & {
  /** HubSpot's value. */
  stage: string;
  label: string;
  owner: string;
  opensGate: boolean;
  salesforce: readonly string[];
};

/** An arrow of the diagram: one step along the funnel, or a return by sales. Stages by HubSpot's value. */
export type MoveContent = {
  from: string;
  to: string;
  kind: 'forward' | 'recycle';
  by: SystemName;
  handoff: boolean;
  when: string;
  values: readonly string[];
};

export type PipelineContent = ContentPlace & {
  label: string;
  hubspot: string;
  recordType: string | null;
  stages: readonly ValuePair[];
  stagesBack: readonly ValuePair[];
};

/** All that the files of a mapping say, as people read it. What cannot be read is null or empty. */
export type MappingContent = {
  gate: GateContent | null;
  /** In the order of the funnel. */
  stages: readonly StageContent[];
  moves: readonly MoveContent[];
  lifecycle: { settings: readonly MappingSetting[] };
  objects: readonly ObjectContent[];
  pipelines: readonly PipelineContent[];
  owners: { sentence: string; settings: readonly MappingSetting[] };
};

/** Nothing of a mapping can be told. */
export const noContent: MappingContent = {
  gate: null,
  stages: [],
  moves: [],
  lifecycle: { settings: [] },
  objects: [],
  pipelines: [],
  owners: { sentence: '', settings: [] },
};

/** One thing that another version says otherwise. */
export type MappingChange = {
  change: 'added' | 'removed' | 'changed';
  area: 'field' | 'gate' | 'stage' | 'move' | 'pipeline' | 'setting' | 'limit';
  kind: HubSpotObject | null;
  name: string;
  before: string | null;
  after: string | null;
  text: string;
};
