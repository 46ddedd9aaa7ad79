/** An explanation of a contact that is handed over and agrees, with what a test wants otherwise. */
export function givenExplanation({ history = {}, ...more }: { history?: object } & object) {
  return {
    contactId: '4711',
    sentence: 'It is paired.',
    mode: 'live',
    pause: null,
    waits: [],
    standing: 'handed_over',
    stage: 'lead',
    gate: { passes: true, text: 'open', lacking: [] },
    person: null,
    stages: { hubspot: null, salesforce: null, cause: null, recycles: 0, transitions: [] },
    company: null,
    deals: [],
    fields: [],
    unread: [],
    changes: [],
    contactChanges: [],
    reasons: [],
    problem: null,
    timeline: [],
    erasure: null,
    ...more,
    history: { decision: null, failure: null, pending: null, changes: [], handedOverAtMs: null, ...history },
  };
}
