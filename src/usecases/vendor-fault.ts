import { SyncError, toSyncError } from '../errors.ts';

/**
 * What a CRM answered is each record's own result; what the ledger answers ends the batch.
 * @throws whatever is not a CRM's fault
 */
export function toVendorFault(thrown: unknown): SyncError {
  if (!(thrown instanceof SyncError) || thrown.code.startsWith('ledger_')) throw thrown;
  return toSyncError(thrown);
}
