/** From `fromMs` on, before `toMs`; epoch milliseconds. */
export type FunnelPeriod = { fromMs: number; toMs: number };

/** A stage by HubSpot's value. `rank`: its place in the funnel; null: it is no step of it, such as "other". */
export type RankedStage = { stage: string; rank: number | null };

/** What the stored moves tell of one stage. */
export type StageSums = {
  stage: string;
  /** Contacts that are there now. */
  now: number;
  /** Contacts that came there within the period, each once. */
  entered: number;
  /** Of these, how many came to a stage of a higher rank since. */
  advanced: number;
  /** The middle one of the times of those who left within the period; null: nobody did. */
  medianSeconds: number | null;
};

/** What happened in a week. `weekMs`: its Monday at 0:00 UTC. */
export type WeekSums = { weekMs: number; handoffs: number; recycles: number };

/** Of which kind the moves of a period are, for what the numbers leave out. */
export type MoveFacts = {
  /** Moves within the period, and those of them that nobody saw: HubSpot's own dates tell of them. */
  moves: number;
  inferred: number;
  /** Contacts that came to a stage within the period that was not asked for. */
  toOtherStages: number;
  /** The oldest move of all that is kept; null: there is none. */
  oldestMs: number | null;
};

/** The funnel, counted from what is stored: moves of the stage and pairs. */
export type FunnelLedger = {
  /** Stages of which nothing is known are left out; so are those that were not asked for. */
  stageSums(period: FunnelPeriod, stages: readonly RankedStage[]): Promise<readonly StageSums[]>;
  /** Weeks in which nothing happened are left out. */
  weekSums(period: FunnelPeriod): Promise<readonly WeekSums[]>;
  moveFacts(period: FunnelPeriod, stages: readonly string[]): Promise<MoveFacts>;
};
