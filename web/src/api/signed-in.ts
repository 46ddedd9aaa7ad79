/** The session's cookie cannot be read here: this says beside it until when there may be a session, so that nobody asks for one in vain. */
const key = 'handoff-signed-in-until';

/** Remembers that somebody signed in. @param expiresAt ISO 8601; null: not known */
export function rememberSignedIn(expiresAt: string | null): void {
  withStorage((storage) => (expiresAt === null ? storage.removeItem(key) : storage.setItem(key, expiresAt)));
}

/** Nobody is signed in any more. */
export function forgetSignedIn(): void {
  withStorage((storage) => storage.removeItem(key));
}

/** Whether it is worth asking who is signed in. A browser that keeps nothing for us has us ask. */
export function mayBeSignedIn(nowMs = Date.now()): boolean {
  const until = withStorage((storage) => ({ value: storage.getItem(key) }));
  if (until === undefined) return true;
  return until.value !== null && Date.parse(until.value) > nowMs;
}

function withStorage<Told>(use: (storage: Storage) => Told): Told | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
