import { describe, expect, it } from 'vitest';
import { type KeptField, lostBases } from '../../../src/domain/mapping/lost-bases.ts';

/** Fields as `object:property=Field@definition`, the first and the last part at will. */
function fields(text: string): KeptField[] {
  return text.split(' ').map((part): KeptField => {
    const { object, hubspot, salesforce, definition } =
      /^(?:(?<object>\w+):)?(?<hubspot>\w+)=(?<salesforce>\w+)(?:@(?<definition>\w+))?$/.exec(part)?.groups ?? {};
    if (hubspot === undefined || salesforce === undefined) throw new Error(part);
    return {
      ...(object === 'deal' || object === 'company' ? { object } : {}),
      hubspot,
      salesforce,
      ...(definition === undefined ? {} : { definition }),
    };
  });
}

const told = (lost: ReturnType<typeof lostBases>) =>
  [...lost].map(([object, { hubspot, salesforce }]) => `${object} ${hubspot.join()} ${salesforce.join()}`);

describe('the step from one version of the mapping to another ends the base', () => {
  it.each<[string, string, string, boolean, string[]]>([
    ['of nothing where nothing changed', 'city=City@1', 'city=City@1', true, []],
    [
      'of what left the map, applied or not',
      'city=City@1 phone=Phone@1',
      'city=City@1',
      false,
      ['contact phone Phone'],
    ],
    ['of what has another counterpart', 'phone=Phone@1', 'phone=Mobile@1', true, ['contact phone Phone']],
    [
      'of what is decided otherwise, on all its counterparts',
      'city=City@1 city=MailingCity@1 phone=Phone@1',
      'city=City@2 city=MailingCity@2 phone=Phone@1',
      true,
      ['contact city City,MailingCity'],
    ],
    ['of nothing that is decided otherwise, unless it is applied', 'city=City@1', 'city=City@2', false, []],
    ['of nothing where the old version did not say how it decided', 'city=City', 'city=City@2', true, []],
    ['of nothing where the new version does not say it', 'city=City@1', 'city=City', true, []],
    ['of no field that is new', 'city=City@1', 'city=City@1 phone=Phone@1', true, []],
    [
      'of the fields of one kind only, where others have the same names',
      'phone=Phone@1 company:phone=Phone@1 deal:name=Name@1',
      'phone=Phone@1 company:phone=Phone@2 deal:name=Name@2',
      true,
      ['company phone Phone', 'deal name Name'],
    ],
  ])('%s', (_, before, now, isApplied, expected) => {
    expect(told(lostBases(fields(before), fields(now), isApplied))).toEqual(expected);
  });
});
