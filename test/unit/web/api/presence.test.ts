import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call } from '../../../../web/src/api/client.ts';
import { watchPresence } from '../../../../web/src/api/presence.ts';

let headers: Headers;
let page: EventTarget;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  stop = watchPresence(page);
  vi.stubGlobal('fetch', async (_address: string, init: { headers: Headers }) => {
    headers = init.headers;
    return Response.json({});
  });
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function askedByItself(): Promise<boolean> {
  await call('GET /overview', {});
  return headers.get('X-Handoff-Automatic') === '1';
}

describe('what the page asks by itself', () => {
  it('is nothing right after it was opened', async () => {
    expect(await askedByItself()).toBe(false);
  });

  it('is all from a minute on after the last sign of somebody', async () => {
    vi.advanceTimersByTime(59_000);
    expect(await askedByItself()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(await askedByItself()).toBe(true);
  });

  it.each(['pointerdown', 'keydown', 'wheel', 'touchstart'])('is nothing after a %s', async (sign) => {
    vi.advanceTimersByTime(3_600_000);
    page.dispatchEvent(new Event(sign));

    expect(await askedByItself()).toBe(false);
  });

  it('is never a press', async () => {
    vi.advanceTimersByTime(3_600_000);
    await call('POST /resume', {});

    expect(headers.has('X-Handoff-Automatic')).toBe(false);
  });
});
