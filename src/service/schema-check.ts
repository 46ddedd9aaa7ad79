import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { toSyncError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { compareBoth } from '../usecases/check-crms.ts';
import type { RecordSchemasPorts } from '../usecases/record-schemas.ts';

/** Whether companies.yaml and deals.yaml fit what both CRMs have. */
export type SchemaCheck = { ok: boolean; detail: string };

type Dependencies = {
  ports: RecordSchemasPorts;
  mapping: CompiledMapping;
  clock: Pick<Clock, 'now'>;
  log: Pick<Log, 'warn' | 'error'>;
};

/** As long as something is wrong it is looked at again after this, whenever somebody asks: it may have been mended. */
const againAfterMs = 10 * 60_000;
/** What fits may be changed in either CRM later, such as by deleting a pipeline. */
const againIfFineMs = 24 * 60 * 60_000;

/**
 * Checks companies and deals against both live schemas at the first question and from then on once a day, and tells what that came to; the log
 * names each error by its line. Nobody is kept waiting: a record that a fault concerns becomes a failure of its own.
 * @returns null as long as nothing is known, and where both kinds are off
 */
export function createSchemaCheck({ ports, mapping, clock, log }: Dependencies): () => SchemaCheck | null {
  let last: SchemaCheck | null = null;
  let dueAtMs = mapping.company.isOn || mapping.deal.isOn ? 0 : Number.POSITIVE_INFINITY;
  const tell = (findings: readonly Finding[]) => {
    const errors = findings.filter(({ severity }) => severity === 'error');
    for (const { code, file, line } of errors)
      log.error({ code, file, line }, 'the mapping does not fit what the CRMs have, see handoff check');
    if (findings.length > errors.length)
      log.warn({ count: findings.length - errors.length }, 'the mapping has warnings, see handoff check');
    const isFine = errors.length === 0;
    last = {
      ok: isFine,
      detail: isFine ? 'fits what the CRMs have' : `${errors.length} of its lines do not fit, see handoff check`,
    };
    dueAtMs = clock.now() + (isFine ? againIfFineMs : againAfterMs);
  };
  const run = async () => {
    try {
      tell(await compareBoth(ports, mapping));
    } catch (thrown) {
      // A CRM that does not answer says nothing of the mapping: what was known stays.
      const { code } = toSyncError(thrown);
      log.warn({ code }, 'companies and deals could not be compared with the CRMs');
      last ??= { ok: false, detail: `not compared yet: ${code}` };
      dueAtMs = clock.now() + againAfterMs;
    }
  };
  return () => {
    if (clock.now() >= dueAtMs) {
      dueAtMs = Number.POSITIVE_INFINITY;
      void run();
    }
    return last;
  };
}
