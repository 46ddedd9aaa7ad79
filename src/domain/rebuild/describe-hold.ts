import type { RunState } from '../runs/types.ts';

/** Why nothing is written to either CRM, and how that ends. Pure. */
export function describeHold({ runId, state }: { runId: string; state: RunState }): string {
  const rebuild = `Nothing is written to either CRM: rebuild ${runId}`;
  switch (state) {
    case 'review':
      return `${rebuild} waits for its policy. Choose one: \`handoff rebuild --policy keep|rules\`.`;
    case 'paused':
      return `${rebuild} is paused. Let it go on: \`handoff runs resume ${runId}\`.`;
    case 'failed':
    case 'cancelled':
      return `${rebuild} ${state === 'failed' ? 'has failed' : 'was cancelled'}, and what it had linked is not settled. Begin anew: \`handoff rebuild --again\`.`;
    default:
      return `${rebuild} is on, and then waits for its policy (\`handoff rebuild --policy keep|rules\`).`;
  }
}
