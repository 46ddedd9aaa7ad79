import type { BackfillObject, RunFilter } from '../../../domain/runs/types.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import { badFilter, type CompiledFilter } from './filter.ts';
import { isHubSpotBackfill, objectNames } from './objects.ts';

/** A field of the CRM: its name, and the values that it offers; none: any. */
type KnownField = { name: string; values: readonly string[] };

/** Most values that a message names. */
const mostNamed = 20;

type Asked = { object: BackfillObject; filter: RunFilter; compiled: CompiledFilter };

/**
 * Makes sure that what a filter reads is there: a name that is mistyped would match nobody. Costs one call, where the filter reads anything.
 * @throws SyncError needs-human `bad_filter`
 */
export async function assertFields(
  dependencies: Pick<RunDependencies, 'hubspot' | 'salesforce'>,
  { object, filter, compiled }: Asked,
): Promise<void> {
  if (compiled.reads.length === 0) return;
  const fields = await fieldsOfCrm(dependencies, object);
  const byName = new Map(fields.map((field) => [field.name, field]));
  const { system, stageField } = objectNames[object];
  const crm = system === 'hubspot' ? 'HubSpot' : 'Salesforce';
  for (const name of compiled.reads) {
    if (!byName.has(name)) throw badFilter(`The filter reads ${name}, a field that ${object} in ${crm} do not have.`);
  }
  const { stage } = filter;
  const values = byName.get(stageField)?.values ?? [];
  if (stage === undefined || values.length === 0 || values.includes(stage)) return;
  const offered = values.slice(0, mostNamed).join(', ');
  throw badFilter(
    `The filter names a stage that ${stageField} of ${object} in ${crm} does not have. It has: ${offered}.`,
  );
}

async function fieldsOfCrm(
  { hubspot, salesforce }: Pick<RunDependencies, 'hubspot' | 'salesforce'>,
  object: BackfillObject,
): Promise<readonly KnownField[]> {
  if (isHubSpotBackfill(object)) {
    const properties = await hubspot.properties(object, runSpend());
    return properties.map(({ name, options }) => ({ name, values: options.map(({ value }) => value) }));
  }
  const described = await salesforce.describe(object === 'leads' ? 'Lead' : 'Opportunity', runSpend());
  return described.map(({ name, picklistValues }) => ({ name, values: picklistValues.map(({ value }) => value) }));
}
