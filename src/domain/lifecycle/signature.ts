/**
 * What Salesforce said of the stage, as one line of text that the base can keep and a poller can compare: `name=value` in a fixed order.
 * `stage` and `recycle` are what the mapping concluded; the other parts are what the conclusion was drawn from.
 */
export type FactParts = ReadonlyMap<string, string>;

/** The conclusion: the stage that the facts name, and the stage that a recycle sends back to; '' for none. */
export const stagePart = 'stage';
export const recyclePart = 'recycle';
export const objectPart = 'object';
/** `yes`: all opportunities and deals are lost. */
export const lostPart = 'opportunity.lost';
/** No fact, but a note for the next looks: the person said "returned" when the stage was settled for the first time. */
export const oldReturnPart = 'old return';

/** The parts as a text; equal parts make equal texts. */
export function writeSignature(parts: FactParts): string {
  return new URLSearchParams([...parts].sort(([one], [other]) => (one < other ? -1 : 1))).toString();
}

/** Reads what `writeSignature` wrote; of any other text nothing useful, but never a fault. */
export function readSignature(signature: string): FactParts {
  return new Map(new URLSearchParams(signature));
}

/**
 * Whether the facts have changed. Parts that only one of the two has do not count: a mapping that reads another field has changed, and not
 * the facts. What it makes of them is compared all the same.
 */
export function haveChanged(before: FactParts, now: FactParts): boolean {
  return [...now].some(([name, value]) => partDiffers(before, name, value));
}

/** False for a part that was not known before. */
export function partDiffers(before: FactParts, name: string, value: string | undefined): boolean {
  const known = before.get(name);
  return known !== undefined && value !== undefined && known !== value;
}

/** What is known of the facts where only their conclusion is: that they name this stage, and which recycle they hold. */
export function conclusion(stage: string | null, recycle = ''): FactParts {
  return new Map([
    [stagePart, stage ?? ''],
    [recyclePart, recycle],
  ]);
}
