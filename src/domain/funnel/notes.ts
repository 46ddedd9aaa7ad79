/** What is known of how complete the numbers are. */
export type FunnelFacts = {
  moves: number;
  inferred: number;
  toOtherStages: number;
  oldestMs: number | null;
};

const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

/**
 * What the numbers of a funnel leave out, in plain words.
 * @param off labels of stages that are no step of the funnel
 */
export function notesOf(facts: FunnelFacts, fromMs: number, off: readonly string[]): string[] {
  const { moves, inferred, toOtherStages, oldestMs } = facts;
  const notes = [
    'Only contacts that Handoff has looked at are counted: those that changed since it was installed, and those of a backfill.',
    'A contact counts once per stage, however often it came there.',
  ];
  if (oldestMs === null) notes.push('No move of a stage is stored yet.');
  else if (oldestMs > fromMs)
    notes.push(`The oldest move that is stored is of ${day(oldestMs)}: what was before it is not known.`);
  if (inferred > 0)
    notes.push(
      `${inferred} of the ${moves} moves of this period were seen by nobody. HubSpot's own dates tell of them, and it keeps the last date per stage alone.`,
    );
  if (toOtherStages > 0)
    notes.push(
      `${toOtherStages} ${toOtherStages === 1 ? 'contact' : 'contacts'} came to a stage that lifecycle.yaml does not name. They are not shown.`,
    );
  if (off.length > 0) notes.push(`${off.join(', ')} is no step of the funnel: whoever goes there has not advanced.`);
  notes.push(
    'A contact that was deleted in HubSpot before it was handed over still counts as being in its last stage.',
  );
  return notes;
}
