import { inspect } from 'node:util';

/** A value that cannot be logged, printed or serialised by accident: only `reveal()` shows it. */
export type Secret = { reveal(): string; toString(): string; toJSON(): string };

const hidden = '[secret]';

/** Wraps a value so that every way of printing it gives `[secret]`. */
export function createSecret(value: string): Secret {
  const secret = {
    reveal: () => value,
    toString: () => hidden,
    toJSON: () => hidden,
    [inspect.custom]: () => hidden,
  };
  return Object.freeze(secret);
}
