type Pending = { dueAt: string | null; attempts: number; source: string; waitCode: string | null };

/** Why a record is due for a look, in words; the moment follows the colon. */
export function pendingWords({ dueAt, attempts, waitCode }: Pending): string {
  const tried = attempts === 0 ? '' : ` It was tried ${attempts === 1 ? 'once' : `${attempts} times`} before.`;
  const wait = waitCode === null ? '' : ` It was put off (${waitCode}).`;
  if (dueAt === null) return `It is held as long as the run that marked it is paused.${wait}${tried}`;
  return `It waits for its next look.${wait}${tried} Due:`;
}
