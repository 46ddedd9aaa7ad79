import { asSoonAs, type Condition } from './gate-words.ts';

/** `good`: as it should be; `calm`: rightly not there; `busy`: on its way; `act`: a person must act; `off`: it has ended. */
export type Tone = 'good' | 'calm' | 'busy' | 'act' | 'off';

/** The answer in a few words, above the sentence that explains it. */
export type Verdict = {
  label: string;
  tone: Tone;
  /** One sentence that explains it. */
  sentence: string;
  /** What a look would do now, where the sentence tells of a failure; null: nothing more. */
  plan: string | null;
  next: string | null;
};

/** What of an explanation the verdict is made of. */
export type Judged = {
  sentence: string;
  outcome: string;
  standing: string;
  mode: 'observe' | 'live';
  pause: object | null;
  problem: { advice: string } | null;
  failure: { advice: string; message: string } | null;
  hasCounterpart: boolean;
  isErased: boolean;
  conditions: readonly Condition[];
};

/** Says whether it is in Salesforce, how urgent that is, and what comes next. Pure. */
export function verdictOf(judged: Judged): Verdict {
  const { sentence, failure, problem, outcome } = judged;
  // A plan that fails when it is carried out looks like any other: the failure is what people must know.
  const isTold = failure === null || problem !== null || outcome === 'unlinked' || outcome === 'unknown';
  return { ...answerOf(judged), sentence: isTold ? sentence : failure.message, plan: isTold ? null : sentence };
}

type Answer = Omit<Verdict, 'sentence' | 'plan'>;

function answerOf(judged: Judged): Answer {
  if (judged.isErased) return { label: 'Erased for privacy', tone: 'off', next: null };
  const advice = judged.failure?.advice ?? judged.problem?.advice ?? null;
  if (judged.outcome === 'unknown') return { label: 'Not known right now', tone: 'act', next: advice };
  if (judged.failure !== null || judged.problem !== null) {
    const label = judged.hasCounterpart
      ? 'In Salesforce, but it needs a person'
      : 'Not in Salesforce: it needs a person';
    return { label, tone: 'act', next: advice };
  }
  return byOutcome(judged);
}

function byOutcome(judged: Judged): Answer {
  const { outcome, hasCounterpart } = judged;
  switch (outcome) {
    case 'below_gate':
      return { label: 'Not in Salesforce', tone: 'calm', next: asSoonAs(judged.conditions) };
    case 'not_wanted':
      return { label: hasCounterpart ? 'In Salesforce, left alone' : 'Not in Salesforce', tone: 'calm', next: null };
    case 'paused':
      return { label: 'In Salesforce, not updated at the moment', tone: 'calm', next: null };
    case 'create':
      return { label: 'Not in Salesforce yet', tone: 'busy', next: comes(judged) };
    case 'link':
      return { label: 'In Salesforce, not paired yet', tone: 'busy', next: comes(judged) };
    case 'update':
      return { label: 'In Salesforce, with changes to come', tone: 'busy', next: comes(judged) };
    case 'unchanged':
      return { label: 'In Salesforce, both sides agree', tone: 'good', next: null };
    case 'waiting':
      return { label: hasCounterpart ? 'In Salesforce, waiting' : 'Not in Salesforce yet', tone: 'busy', next: null };
    case 'unlinked':
      return { label: 'Not kept in step any more', tone: 'off', next: null };
    case 'reverted':
      return { label: 'A run is being put back', tone: 'busy', next: null };
    default:
      return { label: 'It needs a person', tone: 'act', next: null };
  }
}

/** When what is planned will be done. */
function comes({ mode, pause, standing }: Judged): string | null {
  if (mode === 'observe') return 'Handoff only observes for now: it writes once SYNC_MODE is live.';
  if (pause !== null) return 'It goes on as soon as an admin resumes the writes.';
  if (standing === 'pending') return 'A look is due: it happens by itself.';
  return 'It happens with the next look. Press Resync to look now.';
}
