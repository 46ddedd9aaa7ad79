/** Time and chance come in from outside, so that decisions can be repeated. */
export type Clock = { now(): number; random(): number; sleep(delayMs: number, signal?: AbortSignal): Promise<void> };
