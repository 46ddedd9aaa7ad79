import type { PerSystem } from '../../domain/runs/types.ts';

/** Records of one call: a read in HubSpot, a look in Salesforce. */
const readPerCall = 100;
const foundPerLook = 200;
/** A record that is written is read once more before, and its id or what Salesforce made of it goes back to HubSpot. */
const hubspotCallsPerWritten = 3 / readPerCall;
const salesforceCallsPerWritten = 2 / foundPerLook;
/** How long one batch of looks takes, where nobody else needs the calls. */
const batchSeconds = 2;

/** The calls that it costs to look at records and to write some of them, as a fraction: whoever adds to it rounds. */
export function callsOfLooks({ looked, written }: { looked: number; written: number }): PerSystem {
  return {
    hubspot: looked / readPerCall + written * hubspotCallsPerWritten,
    salesforce: looked / foundPerLook + written * salesforceCallsPerWritten,
  };
}

/** About how long it takes. */
export function secondsOfLooks(looked: number): number {
  return Math.ceil(looked / foundPerLook) * batchSeconds;
}
