import {
  DEFAULT_PROPERTIES,
  type PropertyDefinition,
  type PropertyInput,
  type PropertyOption,
  toDefinition,
} from './default-properties.ts';
import { OBJECT_TYPES, type ObjectType, SINGULAR } from './model.ts';

type PropertyGroup = { name: string; label: string; displayOrder: number };

/** The portal's property definitions, and the settings page of a person. */
export type Properties = {
  get(type: ObjectType, name: string): PropertyDefinition | undefined;
  list(type: ObjectType): PropertyDefinition[];
  /** Adds a property, or replaces the one of that name. */
  define(type: ObjectType, input: PropertyInput): PropertyDefinition;
  remove(type: ObjectType, name: string): void;
  setOptions(type: ObjectType, name: string, options: (Partial<PropertyOption> & { value: string })[]): void;
  /** Names whose values are unique among the records of the type; `email` of contacts first. */
  unique(type: ObjectType): readonly string[];
  groups(type: ObjectType): PropertyGroup[];
  addGroup(type: ObjectType, group: PropertyGroup): void;
  /** Called with the name of each property that becomes unique after records may exist. */
  onUnique(listener: (type: ObjectType, name: string) => void): void;
};

/** Stage properties appear by themselves for every stage, custom ones too (lifecycle stage article). */
const STAGE_DATE = /^hs_v2_(date_entered|date_exited)_(.+)$/;

/** A registry holding the default properties. `now` gives epoch milliseconds; `isDealStage` knows the stages of all pipelines. */
export function createProperties(now: () => number, isDealStage: (id: string) => boolean): Properties {
  const byType = new Map<ObjectType, Map<string, PropertyDefinition>>();
  const groupsByType = new Map<ObjectType, PropertyGroup[]>();
  const uniqueByType = new Map<ObjectType, string[]>();
  const listeners: ((type: ObjectType, name: string) => void)[] = [];
  for (const type of OBJECT_TYPES) {
    byType.set(type, new Map(DEFAULT_PROPERTIES[type].map((input) => [input.name, toDefinition(input, 0)])));
    groupsByType.set(type, [{ name: `${SINGULAR[type]}information`, label: 'Information', displayOrder: 0 }]);
    uniqueByType.set(type, type === 'contacts' ? ['email'] : []);
  }
  const definitions = (type: ObjectType) => byType.get(type) ?? new Map<string, PropertyDefinition>();

  function stageDate(type: ObjectType, name: string): PropertyDefinition | undefined {
    const stage = STAGE_DATE.exec(name)?.[2];
    if (stage === undefined) return undefined;
    const stages = definitions(type).get('lifecyclestage')?.options;
    const isStage = type === 'deals' ? isDealStage(stage) : stages?.some((option) => option.value === stage);
    if (!isStage) return undefined;
    return toDefinition({ name, type: 'datetime', calculated: true, readOnlyValue: true, hubspotDefined: true }, 0);
  }

  return {
    get: (type, name) => definitions(type).get(name) ?? stageDate(type, name),
    list: (type) => [...definitions(type).values()],
    define(type, input) {
      const definition = toDefinition(input, now());
      definitions(type).set(input.name, definition);
      const unique = uniqueByType.get(type) ?? [];
      if (definition.hasUniqueValue && !unique.includes(input.name)) {
        unique.push(input.name);
        for (const listener of listeners) listener(type, input.name);
      }
      return definition;
    },
    remove(type, name) {
      definitions(type).delete(name);
    },
    setOptions(type, name, options) {
      const old = definitions(type).get(name);
      if (old === undefined) throw new Error(`no such property: ${name}`);
      const { options: _replaced, ...rest } = old;
      definitions(type).set(name, toDefinition({ ...rest, options, updatedAt: now() }, now()));
    },
    unique: (type) => uniqueByType.get(type) ?? [],
    groups: (type) => groupsByType.get(type) ?? [],
    addGroup(type, group) {
      groupsByType.get(type)?.push(group);
    },
    onUnique(listener) {
      listeners.push(listener);
    },
  };
}
