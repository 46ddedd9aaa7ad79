/** The queue only wakes: it may be lost whole and nothing is lost. */
export type QueuePort = {
  /** Wakes a worker for the job now or after `delayMs`; wake-ups of one key collapse while one is waiting. Never throws: a tick repeats it. */
  wake(job: string, options?: { delayMs?: number; key?: string }): Promise<void>;
  /** Makes sure that all schedules exist (they are gone after a flush). */
  ensureSchedules(): Promise<void>;
  /** Which backend, and whether it answers. */
  health(): Promise<{ backend: 'postgresql' | 'redis'; ok: boolean; detail: string }>;
  /** Stops taking jobs, waits for the active ones, closes connections. */
  close(): Promise<void>;
};
