import type { PerSystem } from '../../../domain/runs/types.ts';
import type { BackfillQuestion } from './forecast.ts';
import { isHubSpotBackfill } from './objects.ts';

/** How many records are listed, looked at, and written. */
type Work = { listed: number; looked: number; creates: number; changes: number };

/** Records per call, as the calls are made: pages of a walk, reads, looks, writes with what belongs to them. */
const walkedPerSearch = 200;
const readPerCall = 100;
const rowsPerQuery = 2_000;
const foundPerLook = 200;
/** A record that is written is read once more before, and its id or what Salesforce made of it goes back to HubSpot. */
const hubspotCallsPerWritten = 3 / readPerCall;
const salesforceCallsPerWritten = 2 / foundPerLook;

/** HubSpot's search and its calls per second, as the budgets pace them; and how long one batch of looks takes. */
const searchesPerSecond = 4;
const hubspotPerSecond = 15;
const batchSeconds = 2;

/** The calls that a backfill costs on each side. */
export function callsOf(question: BackfillQuestion, { listed, looked, creates, changes }: Work): PerSystem {
  const inHubSpot = isHubSpotBackfill(question.object);
  const written = creates + changes;
  const reads = looked / readPerCall + written * hubspotCallsPerWritten;
  const looks = looked / foundPerLook + written * salesforceCallsPerWritten;
  return {
    hubspot: Math.ceil((inHubSpot ? listed / listedPerCall(question) : 0) + reads),
    salesforce: Math.ceil((inHubSpot ? 0 : listed / (question.ids === null ? rowsPerQuery : foundPerLook)) + looks),
  };
}

/** About how long it takes, where nobody else needs the calls. Listing and looking go on at the same time. */
export function durationOf(question: BackfillQuestion, work: Work): number {
  const { hubspot } = callsOf(question, work);
  const isSearch = isHubSpotBackfill(question.object) && question.ids === null && question.filter.listId === undefined;
  const searchSeconds = isSearch ? work.listed / walkedPerSearch / searchesPerSecond : 0;
  const lookSeconds = (work.looked / foundPerLook) * batchSeconds;
  return Math.ceil(Math.max(searchSeconds, lookSeconds, hubspot / hubspotPerSecond)) * 1_000;
}

function listedPerCall({ ids, filter }: BackfillQuestion): number {
  return ids === null && filter.listId === undefined ? walkedPerSearch : readPerCall;
}
