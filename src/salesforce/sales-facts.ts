import { z } from 'zod';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesFacts } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { type Query, type Row, runQueries } from './composite.ts';
import { describeObject, type ObjectDescription } from './directory.ts';
import { toLongId } from './ids.ts';

const stageRow = z.object({ ApiName: z.string(), IsActive: z.boolean(), IsClosed: z.boolean(), IsWon: z.boolean() });
const recordTypeRow = z.object({ Id: z.string(), DeveloperName: z.string() });
const currencyRow = z.object({ IsoCode: z.string(), IsActive: z.boolean() });
const picklistAnswer = z.object({ values: z.array(z.object({ value: z.string() })) });

const stagesSoql = 'SELECT ApiName,IsActive,IsClosed,IsWon FROM OpportunityStage ORDER BY SortOrder';
const recordTypesSoql =
  "SELECT Id,DeveloperName FROM RecordType WHERE SobjectType = 'Opportunity' AND IsActive = true ORDER BY DeveloperName";
const currenciesSoql = 'SELECT IsoCode,IsActive FROM CurrencyType ORDER BY IsoCode';

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
 * The stages that a record type offers, by the User Interface API; null where the org does not tell: the object is not served there, or
 * the user may not use the record type.
 * @see https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values.htm
 */
async function readStages(client: SalesforceClient, id: string, spend: Spend): Promise<readonly string[] | null> {
  const { apiVersion } = await client.ready(spend);
  const path = `/services/data/v${apiVersion}/ui-api/object-info/Opportunity/picklist-values/${id}/StageName`;
  try {
    const parsed = picklistAnswer.safeParse(await client.send({ method: 'GET', path }, spend));
    return parsed.success ? parsed.data.values.map(({ value }) => withoutEntities(value)) : null;
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
 * See `SalesforcePort.salesFacts`: a describe, one composite call, and a call for each active record type of Opportunity.
 * @throws SyncError when the org could not be asked
 */
export async function readSalesFacts(client: SalesforceClient, spend: Spend): Promise<SalesFacts> {
  const described = await describeObject(client, 'Opportunity', spend);
  const hasCurrencies = described.fields.some(({ name }) => name === 'CurrencyIsoCode');
  const soqls = [stagesSoql, recordTypesSoql, ...(hasCurrencies ? [currenciesSoql] : [])];
  const [stages, types, currencies] = await runQueries(client, soqls.map(toQuery), spend);
  const recordTypes: SalesFacts['recordTypes'][number][] = [];
  for (const { Id, DeveloperName } of readAll(recordTypeRow, types)) {
    const id = toLongId(Id) ?? Id;
    const stagesOfType = await readStages(client, id, spend);
    recordTypes.push({
      id,
      developerName: DeveloperName,
      isAvailable: isAvailable(described, id),
      stages: stagesOfType,
    });
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
