import type { Finding, Place } from '../../domain/finding.ts';
import type { SyncError } from '../../errors.ts';
import { toFinding } from '../live-schemas.ts';

/** For what is wrong in a CRM, at no line of a file. */
export const nowhere: Place = { file: '', line: 0, column: 0 };

/** Something could not be looked at: what it says of the sync stays open. */
export function notChecked(what: string, { code, message, detail }: SyncError): Finding {
  return toFinding(nowhere, {
    severity: 'warning',
    code: 'not_checked',
    what: `${what} could not be checked: ${message} (${code})`,
    why: 'What is wrong there shows only when a record needs it.',
    fix: detail.advice ?? 'Run handoff check again.',
  });
}
