import type { Author, SandboxRecord } from './model.ts';
import { multiplyDecimals } from './money.ts';
import type { PipelineStage } from './pipelines.ts';
import type { Portal } from './portal.ts';
import type { ValueFault } from './refusal.ts';

type Values = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;

function findStage(portal: Portal, pipelineId: string | undefined, stageId: string | undefined) {
  const pipeline = portal.dealPipelines.find((candidate) => candidate.id === pipelineId);
  return pipeline?.stages.find((stage) => stage.id === stageId);
}

/** Probability 1 is won, 0 is lost, anything else is open (pipelines guide). */
function toOutcome(stage: PipelineStage | undefined): 'won' | 'lost' | 'open' {
  const probability = Number(stage?.probability ?? 0.5);
  if (probability === 1) return 'won';
  return probability === 0 ? 'lost' : 'open';
}

/**
 * The stage that a write leaves the deal in must belong to its pipeline, and the pipeline must be there. A write that names neither
 * is not looked at: a deal whose stage was deleted can still be edited.
 */
export function findStageFaults(portal: Portal, values: Values, record?: SandboxRecord): ValueFault[] {
  if (values.dealstage === undefined && values.pipeline === undefined) return [];
  const isNewDefault = record === undefined && (values.pipeline ?? '') === '';
  const pipelineId = isNewDefault ? 'default' : (values.pipeline ?? record?.state.values.pipeline ?? '');
  const pipeline = portal.dealPipelines.find((candidate) => candidate.id === pipelineId);
  const fault = (name: string, value: string, allowed: readonly string[]): ValueFault[] => [
    { name, code: 'INVALID_OPTION', message: `${value} was not one of the allowed options: [${allowed.join(', ')}]` },
  ];
  if (pipeline === undefined) {
    const ids = portal.dealPipelines.map(({ id }) => id);
    return fault('pipeline', pipelineId, ids);
  }
  const stageId = values.dealstage ?? record?.state.values.dealstage;
  if (stageId === undefined || pipeline.stages.some((stage) => stage.id === stageId)) return [];
  const ids = pipeline.stages.map(({ id }) => id);
  return fault('dealstage', stageId, ids);
}

/** The last day of the present month in the account's time zone, at the present time of day (default deal properties article). */
function toMonthEnd(portal: Portal, at: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: portal.settings.timeZone }).format(at).split('-');
  const [year = 0, month = 0, day = 0] = parts.map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return new Date(at + (lastDay - day) * DAY_MS).toISOString();
}

/** What a new deal gets without being asked: the default pipeline, the company currency, and for people a close date. */
export function toDealDefaults(portal: Portal, values: Values, author: Author, at: number): Record<string, string> {
  const given = (name: string) => (values[name] ?? '') !== '';
  const pipeline = given('pipeline') ? (values.pipeline ?? 'default') : 'default';
  const defaults: Record<string, string> = {};
  if (!given('pipeline')) defaults.pipeline = 'default';
  if (!given('deal_currency_code')) defaults.deal_currency_code = portal.settings.companyCurrency;
  if (!given('closedate') && setsCloseDates(portal, author)) {
    const isOpen = toOutcome(findStage(portal, pipeline, values.dealstage)) === 'open';
    defaults.closedate = isOpen ? toMonthEnd(portal, at) : new Date(at).toISOString();
  }
  const probability = given('hs_deal_stage_probability')
    ? undefined
    : findStage(portal, pipeline, values.dealstage)?.probability;
  if (probability !== undefined) defaults.hs_deal_stage_probability = probability;
  return defaults;
}

/** People move close dates by moving stages; for the API that is not established and a setting. */
function setsCloseDates(portal: Portal, author: Author): boolean {
  return author.changeSource === 'CRM_UI' || portal.settings.closesDealsOnApiMoves;
}

/**
 * What follows from a change of a deal's stage: its probability, and for people the close date, when the deal becomes won or lost
 * (default deal properties article: not from won to won or lost to lost). Values that were sent along stay.
 *
 * @param before stored values; @param written checked values of the write
 */
export function toStageConsequences(
  portal: Portal,
  before: Values,
  written: Values,
  author: Author,
  at: number,
): Record<string, string> {
  const pipelineId = written.pipeline ?? before.pipeline;
  const next = findStage(portal, pipelineId, written.dealstage ?? before.dealstage);
  const hasMoved = (written.dealstage ?? before.dealstage) !== before.dealstage || pipelineId !== before.pipeline;
  const clearsProbability = written.hs_deal_stage_probability === '';
  const consequences: Record<string, string> = {};
  if (clearsProbability || (hasMoved && written.hs_deal_stage_probability === undefined)) {
    if (next !== undefined) consequences.hs_deal_stage_probability = next.probability;
  }
  const outcome = toOutcome(next);
  const hadOutcome = toOutcome(findStage(portal, before.pipeline, before.dealstage));
  const closes = hasMoved && outcome !== 'open' && outcome !== hadOutcome;
  if (closes && written.closedate === undefined && setsCloseDates(portal, author)) {
    consequences.closedate = new Date(at).toISOString();
  }
  return consequences;
}

/** The calculated properties of a deal that follow from its own values; won and lost come from the stage's probability alone. */
export function toDealFacts(portal: Portal, values: Values): Record<string, string> {
  const stage = findStage(portal, values.pipeline, values.dealstage);
  const money = { amount_in_home_currency: toHomeAmount(portal, values) };
  // A deal whose stage was deleted stays what it was.
  if (stage === undefined) return money;
  const outcome = toOutcome(stage);
  return {
    ...money,
    hs_is_closed: String(outcome !== 'open'),
    hs_is_closed_won: String(outcome === 'won'),
    hs_is_closed_lost: String(outcome === 'lost'),
  };
}

function toHomeAmount(portal: Portal, { amount, deal_currency_code: code }: Values): string {
  if (amount === undefined) return '';
  const rate = portal.settings.exchangeRates[code ?? ''];
  if (code === portal.settings.companyCurrency || rate === undefined) return amount;
  return multiplyDecimals(amount, rate);
}
