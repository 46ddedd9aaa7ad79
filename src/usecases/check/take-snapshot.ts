import type { CompiledMapping } from '../../domain/mapping/types.ts';
import {
  contactIdField,
  type HubSpotObject,
  idNames,
  personIdProperty,
  pluralOf,
  type SalesforceObject,
} from '../../domain/record.ts';
import type { HubSpotProperty } from '../../ports/hubspot.ts';
import type { FieldShape, SchemaSnapshot } from '../../ports/ledger-schemas.ts';
import type { SalesforceField } from '../../ports/salesforce.ts';
import { defaultsOf } from '../compare-values.ts';
import { contactSchemas, type KindSchemas, objectsOf, type Schemas } from '../live-schemas.ts';
import type { RecordSchemas } from '../record-schemas.ts';

/** All that both CRMs offer of what is on. */
export type LiveSchemas = { contacts: Schemas; records: RecordSchemas };

/** The kinds that are on, as both CRMs have them. */
export function kindsOf({ contacts, records }: LiveSchemas): readonly KindSchemas[] {
  const { company, deal } = records;
  return [contactSchemas(contacts), ...(company === null ? [] : [company]), ...(deal === null ? [] : [deal])];
}

/** `hubspot.contacts`, `salesforce.Lead` … as the keys of a snapshot. */
export const keyOfType = (kind: HubSpotObject) => `hubspot.${pluralOf[kind]}`;
export const keyOfObject = (object: SalesforceObject) => `salesforce.${object}`;

/** What the mapping names of each object, by the keys of a snapshot: only that is watched. Pure. */
export function namesUsed(live: LiveSchemas, mapping: CompiledMapping): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    kindsOf(live).flatMap((schemas) => [
      [keyOfType(schemas.kind), new Set([...mapping[schemas.kind].hubspotProperties, idPropertyOf(schemas.kind)])],
      ...objectsOf(schemas).map(
        ({ object }) => [keyOfObject(object), new Set(fieldsUsed(schemas, mapping, object))] as const,
      ),
    ]),
  );
}

function idPropertyOf(kind: HubSpotObject): string {
  return kind === 'contact' ? personIdProperty : idNames[kind].property;
}

function fieldsUsed(schemas: KindSchemas, mapping: CompiledMapping, object: SalesforceObject): string[] {
  const defaults = defaultsOf(schemas, mapping).flatMap((each) => (each.object === object ? [each.name] : []));
  if (object === 'Lead' || object === 'Contact')
    return [...mapping.contact.salesforceFields[object], ...defaults, contactIdField];
  const kind = object === 'Account' ? 'company' : 'deal';
  return [...mapping[kind].salesforceFields, ...defaults, idNames[kind].field];
}

/** What both CRMs look like now, as far as the mapping uses it. Pure. */
export function takeSnapshot(live: LiveSchemas, mapping: CompiledMapping): SchemaSnapshot {
  const used = namesUsed(live, mapping);
  const isUsed = (key: string) => (name: string) => used.get(key)?.has(name) === true;
  const objects = kindsOf(live).flatMap((schemas) => {
    const key = keyOfType(schemas.kind);
    const properties = schemas.properties.filter(({ name }) => isUsed(key)(name));
    const ofHubSpot = [key, { fields: byName(properties.map((each) => [each.name, ofProperty(each)])), required: [] }];
    const ofSalesforce = objectsOf(schemas).map(({ object, known }) => {
      const fields = known.filter(({ name }) => isUsed(keyOfObject(object))(name));
      const required = known.filter(isRequired).map(({ name }) => name);
      return [keyOfObject(object), { fields: byName(fields.map((each) => [each.name, ofField(each)])), required }];
    });
    return [ofHubSpot, ...ofSalesforce] as const;
  });
  const { deal } = live.records;
  return {
    objects: Object.fromEntries(objects),
    pipelines: (deal?.pipelines ?? []).map(({ id, label, stages }) => {
      return { id, label, stages: stages.map((stage) => ({ id: stage.id, label: stage.label })) };
    }),
    stageNames: (deal?.sales.stages ?? []).map(({ name, isActive }) => ({ name, isActive })),
    recordTypes: (deal?.sales.recordTypes ?? []).map(({ developerName }) => developerName),
  };
}

function byName(fields: readonly (readonly [string, FieldShape])[]): Readonly<Record<string, FieldShape>> {
  return Object.fromEntries(fields);
}

function ofProperty({ type, label, options }: HubSpotProperty): FieldShape {
  // A hidden option can be written all the same.
  const all = options.map((option) => ({ value: option.value, label: option.label, isActive: true }));
  return { type, label, length: 0, isRequired: false, isRestricted: all.length > 0, options: all };
}

function isRequired({ nillable, defaultedOnCreate, createable }: SalesforceField): boolean {
  return !nillable && !defaultedOnCreate && createable;
}

function ofField(field: SalesforceField): FieldShape {
  const { type, label, length, restrictedPicklist, picklistValues } = field;
  const options = picklistValues.map((each) => ({ value: each.value, label: each.label, isActive: each.active }));
  return { type, label, length, isRequired: isRequired(field), isRestricted: restrictedPicklist, options };
}
