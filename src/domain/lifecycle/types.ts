import type { CompiledMapping } from '../mapping/types.ts';
import type { FieldChange, Freeze, PairKnowledge, PlanProblem, Reason } from '../plan/types.ts';
import type { HubSpotRecord, OpportunityFact, SalesforcePerson, SystemName } from '../record.ts';

/**
 * `forward`: along the funnel, by what Salesforce says. `recycle`: sales returned the person. `restored`: a human had moved the stage
 * backward in HubSpot, and the mapping puts it back.
 */
type StageMoveKind = 'forward' | 'recycle' | 'restored';

/** A move of the lifecycle stage in HubSpot that we make. Stages are HubSpot's values. */
export type StageMove = {
  from: string | null;
  to: string;
  kind: StageMoveKind;
  /** HubSpot refuses to go backward from a stage: it is emptied first, in a request of its own. */
  mustClear: boolean;
  code: string;
  /** One sentence: what in Salesforce, or which rule, made the move. Holds stages and rule names. */
  text: string;
};

/** A move as the ledger holds it until it is verified. `setting`: the stage was emptied, or need not be. */
export type OpenStageMove = StageMove & { step: 'clearing' | 'setting'; openedAtMs: number };

/** A stage that the contact has reached without a write of ours. */
export type StageSeen = {
  stage: string;
  atMs: number;
  /** Whose doing it was, as far as it can be told. */
  source: SystemName;
  /** `reached`: seen by us. `inferred`: only HubSpot's `hs_v2_date_entered_*` tells of it. `moved_back`: a human's own move, accepted. */
  code: 'reached' | 'inferred' | 'moved_back';
};

/**
 * What both sides say of the stage once the decision is carried out, for the list of pairs that disagree. `salesforce` null: its facts name
 * no stage. `cause`: a key of `stageCauses`; null: they agree, or Salesforce says nothing of the stage.
 */
export type StageStanding = { hubspot: string | null; salesforce: string | null; cause: string | null };

/** Under this name the base of a pair keeps, on Salesforce's side, what the facts said of the stage when it was settled last. */
export const stageFactsKey = 'stage facts';

/** What is to be done about the stage of one contact. */
export type StageDecision = {
  /** The move to make or to go on with; null: none. After an open move that is `verified` or in `conflict` a new one may begin. */
  move: StageMove | null;
  /** What becomes of the open move of the ledger: carried on (also with `move`), verified by what HubSpot holds, or overtaken by a third value. */
  open: 'none' | 'resume_clearing' | 'resume_setting' | 'verified' | 'conflict';
  seen: readonly StageSeen[];
  standing: StageStanding;
  /**
   * The base to store once this decision is carried out (at once where there is no move): HubSpot's stage, and what the facts in Salesforce
   * say. From then on only what differs from it counts as a change. Null: leave it as it is.
   */
  agreed: { hubspot: string | null; facts: string } | null;
};

/** A decision where there is nothing to decide. */
export const noStageDecision: StageDecision = {
  move: null,
  open: 'none',
  seen: [],
  standing: { hubspot: null, salesforce: null, cause: null },
  agreed: null,
};

/** Both sides of one contact as just read, and what the ledger knows of it. */
export type StageInput = {
  /** Epoch milliseconds. */
  now: number;
  mapping: CompiledMapping;
  contact: HubSpotRecord;
  pair: PairKnowledge | null;
  /** The one living person; null below the gate, before a create, and where it is gone. */
  person: SalesforcePerson | null;
  /** What the deals of the contact have come to. */
  deals: readonly OpportunityFact[];
  /** The contact has passed the gate once: from then on the facts in Salesforce decide. */
  handedOver: boolean;
  /** This look links the person or hands the contact over for the first time. */
  linking: boolean;
  /** Asked with the effective stage (`effectiveStage`). */
  gatePasses: boolean;
};

/** What is to be done about the stage, on both sides. */
export type StageOutcome = {
  decision: StageDecision;
  /** The status of a person who qualifies again, to be written to Salesforce. Rule `lifecycle`, without a source. */
  statusChange: FieldChange | null;
  /** Mapped by nobody: the reason of a recycle, to be written to the HubSpot contact. Rule `lifecycle`. */
  contactChanges: readonly FieldChange[];
  /** Why, and where the sides disagree the cause. */
  reasons: readonly Reason[];
  /** The stage cannot be decided without a person; the fields may be synced all the same. */
  problem: PlanProblem | null;
  /** The stage itself, where we and somebody else have moved it too often. */
  freezes: readonly Freeze[];
};
