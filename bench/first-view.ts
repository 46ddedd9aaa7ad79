import { createLedger } from '../src/store/ledger.ts';
import { startHttpService, tokens } from '../test/support/http-service.ts';
import { fullSize, type LedgerSize, makeLargeLedger, shareOf } from '../test/support/large-ledger.ts';

const rounds = 20;
/** Issue 6: the first view within this time. */
const targetMs = 200;

type FirstView = {
  /** The first answer of a service that has just started, over HTTP; what the database keeps in memory is there. */
  firstMs: number;
  /** Median and slowest of twenty. */
  warmMs: number;
  slowestMs: number;
  /** The statement with which the service looks for changes once a second while somebody listens, median of twenty. */
  lookMs: number;
};

/** Makes a ledger of this size and asks a running service for the first view. */
async function measureFirstView(size: LedgerSize): Promise<FirstView> {
  const service = await startHttpService();
  try {
    await service.service.ready;
    await makeLargeLedger(service.pool, size);
    const ask = async () => {
      const headers = { authorization: `Bearer ${tokens.viewer}` };
      const answer = await fetch(`${service.url}/api/v1/overview`, { headers });
      if (!answer.ok) throw new Error(`the first view answered ${answer.status}`);
      await answer.json();
    };
    const ledger = createLedger(service.pool);
    let { position } = await ledger.changesSince(null);
    const look = async () => {
      ({ position } = await ledger.changesSince(position));
    };
    const [firstMs] = await time(ask, 1);
    const warm = await time(ask, rounds);
    const looks = await time(look, rounds);
    return { firstMs: firstMs ?? 0, warmMs: medianOf(warm), slowestMs: Math.max(...warm), lookMs: medianOf(looks) };
  } finally {
    await service.close();
  }
}

/** Prints what the first view costs at full size, and beside a ledger of a tenth. */
export async function printFirstView(print: (line: string) => void): Promise<void> {
  const sizes = [shareOf(fullSize, 0.1), fullSize];
  const [small, large] = [await measureFirstView(sizes[0] ?? fullSize), await measureFirstView(fullSize)];
  for (const [index, view] of [small, large].entries()) {
    const { pairs, writes, failures, pending } = sizes[index] ?? fullSize;
    print(`\n${pairs} pairs, ${writes} record writes in the audit log, ${failures} failures, ${pending} pending`);
    print(`  first answer              ${view.firstMs.toFixed(0)} ms   (at most ${targetMs})`);
    print(`  median of ${rounds}              ${view.warmMs.toFixed(1)} ms, slowest ${view.slowestMs.toFixed(1)} ms`);
    print(`  a look for changes        ${view.lookMs.toFixed(1)} ms`);
  }
  print(`\nten times the ledger: ${(large.warmMs / small.warmMs).toFixed(2)} times as long`);
}

async function time(work: () => Promise<void>, times: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const startedAt = performance.now();
    await work();
    taken.push(performance.now() - startedAt);
  }
  return taken;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
