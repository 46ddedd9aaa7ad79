import type { BackfillObject, PerSystem, RunFilter } from '../../../domain/runs/types.ts';
import { callsOfLooks, secondsOfLooks } from '../look-cost.ts';
import { isHubSpotBackfill } from './objects.ts';

/** What is listed. `ids` null: none were given one by one. */
export type CostQuestion = { object: BackfillObject; filter: RunFilter; ids: object | null };

/** How many records are listed, looked at, and written. */
type Work = { listed: number; looked: number; creates: number; changes: number };

/** Records per call, as the calls are made: pages of a walk, reads, questions by ids. */
const walkedPerSearch = 200;
const readPerCall = 100;
const rowsPerQuery = 2_000;
const foundPerQuery = 200;

/** HubSpot's search and its calls per second, as the budgets pace them. */
const searchesPerSecond = 4;
const hubspotPerSecond = 15;

/** The calls that a backfill costs on each side. */
export function callsOf(question: CostQuestion, { listed, looked, creates, changes }: Work): PerSystem {
  const inHubSpot = isHubSpotBackfill(question.object);
  const looks = callsOfLooks({ looked, written: creates + changes });
  return {
    hubspot: Math.ceil((inHubSpot ? listed / listedPerCall(question) : 0) + looks.hubspot),
    salesforce: Math.ceil(
      (inHubSpot ? 0 : listed / (question.ids === null ? rowsPerQuery : foundPerQuery)) + looks.salesforce,
    ),
  };
}

/** About how long it takes, where nobody else needs the calls. Listing and looking go on at the same time. */
export function durationOf(question: CostQuestion, work: Work): number {
  const { hubspot } = callsOf(question, work);
  const isSearch = isHubSpotBackfill(question.object) && question.ids === null && question.filter.listId === undefined;
  const searchSeconds = isSearch ? work.listed / walkedPerSearch / searchesPerSecond : 0;
  return Math.ceil(Math.max(searchSeconds, secondsOfLooks(work.looked), hubspot / hubspotPerSecond)) * 1_000;
}

function listedPerCall({ ids, filter }: CostQuestion): number {
  return ids === null && filter.listId === undefined ? walkedPerSearch : readPerCall;
}
