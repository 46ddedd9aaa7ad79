import { z } from 'zod';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesFacts } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { type Query, type Row, runQueries } from './composite.ts';
import { describeObject, type ObjectDescription } from './directory.ts';

const stageRow = z.object({ ApiName: z.string(), IsActive: z.boolean(), IsClosed: z.boolean(), IsWon: z.boolean() });
const recordTypeRow = z.object({ Id: z.string(), DeveloperName: z.string() });
const currencyRow = z.object({ IsoCode: z.string(), IsActive: z.boolean() });
const picklistsAnswer = z.object({
  picklistFieldValues: z.record(z.string(), z.object({ values: z.array(z.object({ value: z.string() })) })),
});

const stagesSoql = 'SELECT ApiName,IsActive,IsClosed,IsWon FROM OpportunityStage ORDER BY SortOrder';
const recordTypesSoql =
  "SELECT Id,DeveloperName FROM RecordType WHERE SobjectType = 'Opportunity' AND IsActive = true ORDER BY DeveloperName";
const currenciesSoql = 'SELECT IsoCode,IsActive FROM CurrencyType ORDER BY IsoCode';

type RecordType = SalesFacts['recordTypes'][number];

function toQuery(soql: string): Query {
  return { soql, withDeleted: false };
}

function readAll<T>(schema: z.ZodType<T>, rows: readonly Row[] | undefined): T[] {
  const parsed = z.array(schema).safeParse(rows ?? []);
  if (parsed.success) return parsed.data;
  const message = 'Salesforce answered its stages, record types or currencies in an unexpected form.';
  throw new SyncError('retryable', 'salesforce_bad_answer', message, { cause: parsed.error });
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * A picklist value as the other APIs write it: the User Interface API escapes it for HTML. One pass, so that nothing is unescaped twice.
 * @see https://github.com/forcedotcom/lwc-dev-server-feedback/issues/43
 */
function withoutEntities(value: string): string {
  return value.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole);
}

/**
 * What all picklists of a record type offer, by the User Interface API; null where the org does not tell: the object is not served there, or
 * the user may not use the record type.
 * @see https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values_collection.htm
 */
async function readPicklists(client: SalesforceClient, id: string, spend: Spend): Promise<RecordType['picklists']> {
  const { apiVersion } = await client.ready(spend);
  const path = `/services/data/v${apiVersion}/ui-api/object-info/Opportunity/picklist-values/${id}`;
  try {
    const parsed = picklistsAnswer.safeParse(await client.send({ method: 'GET', path }, spend));
    if (!parsed.success) return null;
    const fields = Object.entries(parsed.data.picklistFieldValues);
    return new Map(fields.map(([name, { values }]) => [name, values.map(({ value }) => withoutEntities(value))]));
  } catch (thrown) {
    const error = toSyncError(thrown);
    const { status } = error.detail;
    const isTold = error.detail.pausesConnection !== true && (status === 400 || status === 403 || status === 404);
    if (isTold) return null;
    throw error;
  }
}

function isAvailable({ recordTypeInfos }: ObjectDescription, id: string): boolean {
  return recordTypeInfos.some(({ recordTypeId, available }) => toLongId(recordTypeId) === id && available);
}

/**
 * See `SalesforcePort.salesFacts`: a describe, one composite call, and, if wanted, a call for each active record type of Opportunity.
 * @throws SyncError when the org could not be asked
 */
export async function readSalesFacts(
  client: SalesforceClient,
  spend: Spend,
  { withPicklists } = { withPicklists: false },
): Promise<SalesFacts> {
  const described = await describeObject(client, 'Opportunity', spend);
  const hasCurrencies = described.fields.some(({ name }) => name === 'CurrencyIsoCode');
  const soqls = [stagesSoql, recordTypesSoql, ...(hasCurrencies ? [currenciesSoql] : [])];
  const [stages, types, currencies] = await runQueries(client, soqls.map(toQuery), spend);
  const recordTypes: RecordType[] = [];
  for (const { Id, DeveloperName } of readAll(recordTypeRow, types)) {
    const id = toLongId(Id) ?? Id;
    const picklists = withPicklists ? await readPicklists(client, id, spend) : null;
    recordTypes.push({ id, developerName: DeveloperName, isAvailable: isAvailable(described, id), picklists });
  }
  return {
    stages: readAll(stageRow, stages).map(({ ApiName, ...flags }) => ({
      name: ApiName,
      isActive: flags.IsActive,
      isClosed: flags.IsClosed,
      isWon: flags.IsWon,
    })),
    recordTypes,
    currencies: hasCurrencies
      ? readAll(currencyRow, currencies).map(({ IsoCode, IsActive }) => ({ code: IsoCode, isActive: IsActive }))
      : null,
  };
}
