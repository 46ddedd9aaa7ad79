type Pending = { dueAt: string | null; attempts: number; waitCode: string | null };

/** Why a look that is due has not happened yet, in words; null: there is nothing to tell. Pure. */
export function pendingWords({ dueAt, attempts, waitCode }: Pending): string | null {
  const parts = [
    ...(dueAt === null ? ['It is held as long as the run that marked it is paused.'] : []),
    ...(waitCode === null ? [] : [`It was put off: ${waitCode}.`]),
    ...(attempts === 0 ? [] : [`It was tried ${attempts === 1 ? 'once' : `${attempts} times`} before.`]),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}
