import type { Base, FieldChange, IntentVerdict, OpenIntent, Plan } from '../plan/types.ts';
import type { FieldValue, FieldValues } from '../record.ts';

/** What was written to Salesforce, and what the plan found settled besides. */
export type Written = {
  /** Null: nothing was written. */
  operation: 'create' | 'update' | null;
  changes: readonly FieldChange[];
  agreed: Base | null;
  blanks: Plan['blanks'];
};

/**
 * The base to store after a plan was carried out in Salesforce: what the plan found settled, and for each written field what both sides
 * held when they were last seen. A field that was not read back gets no base, so that the next look compares it again.
 *
 * @param held what Salesforce held when read back, by Salesforce field; absent names were not seen
 */
export function baseAfterWrite({ operation, changes, agreed, blanks }: Written, held: FieldValues): Base | null {
  const { written, others } = seenAfter(changes, held);
  const isCreate = operation === 'create';
  // Fields that were blank in HubSpot and are so in Salesforce: a flow may have filled them as the record was created.
  const still = isCreate ? blanks.filter(({ field }) => held[field] === null) : [];
  const settled = isCreate ? null : agreed;
  const hubspot = {
    ...settled?.hubspot,
    ...Object.fromEntries(still.map(({ property }) => [property, null])),
    ...others,
  };
  const salesforce = {
    ...settled?.salesforce,
    ...Object.fromEntries(still.map(({ field }) => [field, null])),
    ...written,
  };
  const isEmpty = Object.keys(hubspot).length === 0 && Object.keys(salesforce).length === 0;
  return isEmpty ? null : { hubspot, salesforce };
}

/**
 * The base to store after HubSpot was written: for each written property what HubSpot answered, and what Salesforce held when the change
 * was planned. What the plan found settled is `baseAfterWrite`'s.
 *
 * @param answered what HubSpot holds by its answer, by property; absent names were not answered
 */
export function baseAfterHubSpot(changes: readonly FieldChange[], answered: FieldValues): Base | null {
  const { written, others } = seenAfter(changes, answered);
  return Object.keys(written).length === 0 ? null : { hubspot: written, salesforce: others };
}

function seenAfter(changes: readonly FieldChange[], held: FieldValues) {
  const written: Record<string, FieldValue> = {};
  const others: Record<string, FieldValue> = {};
  for (const { field, source, sourceValue } of changes) {
    const seen = held[field];
    if (source === undefined || seen === undefined) continue;
    written[field] = seen;
    others[source] = sourceValue ?? null;
  }
  return { written, others };
}

/**
 * What both sides held by writes whose answers were lost and that turned out to have been carried out, the older ones first. Whoever closes these
 * intents stores it: nothing else tells later that what a side holds by then is a human's.
 */
export function baseOfIntents(intents: readonly OpenIntent[], verdicts: readonly IntentVerdict[]): Base | null {
  const done = new Set(verdicts.flatMap(({ intentId, verdict }) => (verdict === 'done' ? [intentId] : [])));
  const carriedOut = intents.filter(({ id }) => done.has(id)).sort((one, other) => one.openedAtMs - other.openedAtMs);
  return joinBases(
    ...carriedOut.map(({ system, fields }) => {
      const { written, others } = seenAfter(
        fields,
        Object.fromEntries(fields.map(({ field, after }) => [field, after])),
      );
      return system === 'hubspot' ? { hubspot: written, salesforce: others } : { hubspot: others, salesforce: written };
    }),
  );
}

/** Several parts of a base as one; later ones win. */
export function joinBases(...parts: readonly (Base | null)[]): Base | null {
  const hubspot: Record<string, FieldValue> = {};
  const salesforce: Record<string, FieldValue> = {};
  for (const part of parts) {
    Object.assign(hubspot, part?.hubspot);
    Object.assign(salesforce, part?.salesforce);
  }
  const isEmpty = Object.keys(hubspot).length === 0 && Object.keys(salesforce).length === 0;
  return isEmpty ? null : { hubspot, salesforce };
}
