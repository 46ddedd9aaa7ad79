import { SyncError, toSyncError } from '../errors.ts';

/**
 * What a command prints when it fails. A foreign error is shown with its first stack lines: this is a person's terminal, not a log.
 * An error with `faults` (the configuration, the mappings) prints one line for each.
 */
export function toReport(thrown: unknown): { document: unknown; lines: readonly string[] } {
  const faults = faultsOf(thrown);
  if (faults !== null) return { document: { ok: false, error: { code: 'faults', faults } }, lines: faults };
  const { code, message, detail } = toSyncError(thrown);
  const error = { code, message, ...(detail.advice === undefined ? {} : { advice: detail.advice }) };
  const origin =
    thrown instanceof SyncError || !(thrown instanceof Error) ? [] : (thrown.stack ?? '').split('\n').slice(0, 4);
  return {
    document: { ok: false, error },
    lines: [`${message} [${code}]`, ...(detail.advice === undefined ? [] : [detail.advice]), ...origin],
  };
}

function faultsOf(thrown: unknown): readonly string[] | null {
  if (!(thrown instanceof Error) || !('faults' in thrown) || !Array.isArray(thrown.faults)) return null;
  return thrown.faults.map(String);
}
