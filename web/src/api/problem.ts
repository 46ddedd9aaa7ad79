/** What the API answers when it cannot do what was asked (RFC 9457), and what the page makes of no answer at all. */
export class Problem extends Error {
  /** 0: nobody answered. */
  readonly status: number;
  readonly code: string;
  /** How long the service asks to wait; null: it does not say. */
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nobody answered: the service is down, or this device is offline. */
export function unreachable(): Problem {
  return new Problem(0, 'unreachable', 'The service cannot be reached. The page tries again by itself.');
}

/** Whether nobody is there who could answer: the banner above the page tells it. */
export function isAway({ status }: Problem): boolean {
  return status === 0 || status === 502 || status === 504;
}

/** Reads a problem answer; a proxy's own error page becomes a problem too. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const retryAfterMs = secondsOf(response.headers.get('Retry-After'));
  const detail = textOf(body, 'detail') ?? `The service answered with status ${response.status}.`;
  return new Problem(response.status, textOf(body, 'code') ?? `http_${response.status}`, detail, retryAfterMs);
}

function textOf(body: unknown, key: string): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const value: unknown = Reflect.get(body, key);
  return typeof value === 'string' ? value : null;
}

function secondsOf(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
