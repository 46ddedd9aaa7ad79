import { isBlank, sameValue } from '../mapping/normalise.ts';
import type { LifecycleMapping } from '../mapping/types.ts';
import type { FieldChange } from '../plan/types.ts';
import { type SalesforcePerson, stageProperty } from '../record.ts';
import { stageOf } from './effective-stage.ts';
import { type PersonFacts, partOf, type Recycle, readFacts, recyclesBy, statusField } from './facts.ts';
import {
  type FactParts,
  haveChanged,
  lostPart,
  objectPart,
  oldReturnPart,
  partDiffers,
  readSignature,
  recyclePart,
} from './signature.ts';
import { isFurther } from './stage-order.ts';
import { type StageInput, stageFactsKey } from './types.ts';

/** One look at the stage of a contact whose person is there: what the three-way decision is made from. */
export type StageLook = {
  input: StageInput;
  lifecycle: LifecycleMapping;
  person: SalesforcePerson;
  /** HubSpot's stage; null: none. */
  hubspot: string | null;
  facts: PersonFacts;
  /** What both sides held when the stage was settled last; undefined: it never was. */
  agreed: { hubspot: string | null | undefined; facts: FactParts | undefined };
  /** The contact has just qualified: an old recycle of the person that is linked does not send it back. */
  qualifiesNow: boolean;
};

/** Reads what both sides hold of the stage, and what they agreed on last. */
export function toLook(input: StageInput, person: SalesforcePerson): StageLook {
  const { lifecycle } = input.mapping;
  return {
    input,
    lifecycle,
    person,
    hubspot: stageOf(input.contact),
    facts: readFacts(lifecycle, person, input.deals),
    agreed: agreedOf(input),
    qualifiesNow: input.linking && input.gatePasses,
  };
}

/** What the base says of the stage. */
export function agreedOf({ pair }: Pick<StageInput, 'pair'>): StageLook['agreed'] {
  const hubspot = pair?.base?.hubspot[stageProperty];
  const facts = pair?.base?.salesforce[stageFactsKey];
  return {
    hubspot: hubspot === undefined ? undefined : isBlank(hubspot) ? null : String(hubspot).trim(),
    facts: typeof facts === 'string' ? readSignature(facts) : undefined,
  };
}

/**
 * Whether sales has returned the person since the stage was settled last. A status that has said so all along does not count a second time;
 * one that said something else in between does. Where nothing was ever settled nobody knows when sales did so: it may be years ago. Likewise
 * that everything is lost counts once, until something is open or won again.
 */
export function isReturnedAnew({ facts, agreed, person, input }: StageLook, { fields, isLost }: Recycle): boolean {
  // A recycle that is under way was news when it was begun.
  if (agreed.facts === undefined) return input.pair?.stageMove?.kind === 'recycle';
  // A conversion is no news of opportunities. Where only a conclusion is known, that one tells.
  if (isLost) {
    const name = agreed.facts.has(lostPart) ? lostPart : recyclePart;
    return partDiffers(agreed.facts, name, facts.parts.get(name));
  }
  const field = fields[person.object];
  const part = field === undefined ? '' : partOf(person.object, field);
  return [recyclePart, objectPart, part].some((name) =>
    partDiffers(agreed.facts ?? new Map(), name, facts.parts.get(name)),
  );
}

/**
 * Whether the person was returned before anything was ever settled of the stage, and nothing has changed since: then nobody qualifies
 * again, whatever the stage in HubSpot.
 */
export function isOldReturn({ facts, agreed, hubspot, qualifiesNow }: StageLook): boolean {
  if (facts.recycle === null || qualifiesNow) return false;
  if (agreed.facts === undefined) return true;
  return agreed.facts.has(oldReturnPart) && agreed.hubspot === hubspot && !haveChanged(agreed.facts, facts.parts);
}

/** The status that a returned person gets when its contact qualifies again, and the facts as they will be then. */
export function reopening(look: StageLook): { change: FieldChange; facts: PersonFacts } | null {
  const { lifecycle, person, hubspot, input } = look;
  const field = statusField(lifecycle, person.object);
  const status = lifecycle.reopen[person.object];
  const before = field === null ? undefined : person.fields[field];
  if (!input.gatePasses || field === null || status === null || before === undefined) return null;
  if (isOldReturn(look)) return null;
  const returned = recyclesBy(lifecycle, person, field).some(({ to }) => isFurther(lifecycle.stages, hubspot, to));
  const isFrozen = input.pair?.frozen.some((each) => each.system === 'salesforce' && each.field === field) ?? false;
  if (!returned || isFrozen || sameValue(before, status)) return null;
  const reopened = { ...person, fields: { ...person.fields, [field]: status } };
  const facts = readFacts(lifecycle, reopened, input.deals);
  return { change: { field, before, after: status, rule: 'lifecycle' }, facts };
}
