import type { ChangeQuestion } from '../../ports/salesforce.ts';
import type { PollContext } from './dependencies.ts';
import { type ChangeSource, watermarksOf } from './sources.ts';
import { liesAhead, type Positions, restartOf, type Window, windowOf } from './windows.ts';

/** One source on its way through a round. */
export type SourceRound = {
  source: ChangeSource;
  positions: Positions;
  window: Window;
  /** Where the page before ended. */
  after: ChangeQuestion['after'];
  /** The server's clock at the first page: what is committed later may lie behind the pages that were read. Null before it. */
  readUntilMs: number | null;
  /** Its watermarks lay in the future and were put back in this round. */
  startedOver: boolean;
};

/** Where each source stands in the ledger, and what is to be read of it now. */
export async function readPositions(
  context: Pick<PollContext, 'ledger' | 'clock'>,
  sources: readonly ChangeSource[],
): Promise<SourceRound[]> {
  return await Promise.all(sources.map((source) => readPosition(context, source)));
}

async function readPosition(
  { ledger, clock }: Pick<PollContext, 'ledger' | 'clock'>,
  source: ChangeSource,
): Promise<SourceRound> {
  const names = watermarksOf(source);
  const [fast, wide, deleted] = await Promise.all([
    ledger.watermark(names.fast),
    ledger.watermark(names.wide),
    ledger.watermark(names.deleted),
  ]);
  const positions = { fast, wide, deleted };
  return {
    source,
    positions,
    window: windowOf(positions, clock.now()),
    after: null,
    readUntilMs: null,
    startedOver: false,
  };
}

/**
 * Puts watermarks that lie in the future back to where they were moved last, which is where reading ended, and reads on from there at once.
 * @returns the source's round, to be asked again
 */
export async function startOver(context: PollContext, round: SourceRound, serverMs: number): Promise<SourceRound> {
  const { ledger, log } = context;
  const { name: source } = round.source;
  const ahead = Object.values(round.positions).filter((mark) => liesAhead(mark, serverMs));
  for (const mark of ahead) await ledger.restartWatermark(mark, restartOf(mark, serverMs));
  const aheadMs = Math.max(...ahead.map((mark) => mark.atMs)) - serverMs;
  log.warn(
    { source, delayMs: aheadMs, errorCode: 'watermark_in_the_future' },
    'a watermark lay in the future of the server, a clock was wrong: reading starts over from where it ended',
  );
  return { ...(await readPosition(context, round.source)), startedOver: true };
}
