import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetSignedIn, mayBeSignedIn, rememberSignedIn } from '../../../../web/src/api/signed-in.ts';

const until = '2026-11-22T12:00:00.000Z';
const untilMs = Date.parse(until);

function giveStorage(localStorage: object) {
  vi.stubGlobal('localStorage', localStorage);
}

function createStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  };
}

afterEach(() => vi.unstubAllGlobals());

describe('whether there may be a session', () => {
  it('none where nobody signed in', () => {
    giveStorage(createStorage());

    expect(mayBeSignedIn(untilMs)).toBe(false);
  });

  it('from the sign-in until the session ends', () => {
    giveStorage(createStorage());
    rememberSignedIn(until);

    expect(mayBeSignedIn(untilMs - 1)).toBe(true);
    expect(mayBeSignedIn(untilMs)).toBe(false);
  });

  it('none after the sign-out', () => {
    giveStorage(createStorage());
    rememberSignedIn(until);
    forgetSignedIn();

    expect(mayBeSignedIn(untilMs - 1)).toBe(false);
  });

  it('perhaps, where the browser keeps nothing: the service is asked', () => {
    const refuse = () => {
      throw new Error('SecurityError');
    };
    giveStorage({ getItem: refuse, setItem: refuse, removeItem: refuse });
    rememberSignedIn(until);

    expect(mayBeSignedIn(untilMs)).toBe(true);
  });
});
