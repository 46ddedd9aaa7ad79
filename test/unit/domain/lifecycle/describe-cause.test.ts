import { describe, expect, it } from 'vitest';
import { describeCause, stageCauses } from '../../../../src/domain/lifecycle/causes.ts';

describe('why a pair disagrees, in words', () => {
  it.each(Object.keys(stageCauses))('%s says what is the matter and what to do', (cause) => {
    const { text, advice } = describeCause(cause);

    expect([text, advice].every((sentence) => /^[A-Z].*\.$/.test(sentence))).toBe(true);
    expect(text).not.toBe(describeCause('field_too_long').text);
  });

  it('the code of a failure leads to the failures, and no cause at all is a fault of ours', () => {
    expect(describeCause('field_too_long').advice).toContain('failures');
    expect(describeCause('unexplained').text).toContain('fault of Handoff');
    expect(describeCause('constructor')).toEqual(describeCause('field_too_long'));
  });
});
