import type { Config } from '../config.ts';
import type { SalesforceAuth } from '../config-salesforce.ts';
import { createHubSpot } from '../hubspot/crm.ts';
import type { BudgetPort } from '../ports/budget.ts';
import type { ClockWatch } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { Log } from '../ports/log.ts';
import { createSalesforce } from '../salesforce/crm.ts';
import { systemClock } from './clock.ts';
import { createClockWatch } from './clock-watch.ts';

/** Both CRMs, as the configuration names them, and what their answers tell of their clocks. */
export type Crms = { hubspot: HubSpotPort; salesforce: ReturnType<typeof createSalesforce>; clocks: ClockWatch };

/** Builds the adapters; nothing is called before the first use. */
export function createCrms({ hubspot, salesforce }: Config, budget: BudgetPort, log: Log): Crms {
  const clocks = createClockWatch();
  return {
    clocks,
    hubspot: createHubSpot({
      accessToken: hubspot.accessToken.reveal(),
      baseUrl: hubspot.baseUrl,
      apiPaths: hubspot.apiPaths,
      budget,
      clock: systemClock,
      clocks,
      log,
    }),
    salesforce: createSalesforce({
      loginUrl: salesforce.loginUrl,
      clientId: salesforce.clientId,
      auth: revealAuth(salesforce.auth),
      apiVersion: salesforce.apiVersion,
      budget,
      clock: systemClock,
      clocks,
      log,
    }),
  };
}

function revealAuth(auth: SalesforceAuth) {
  if (auth.flow === 'client_credentials')
    return { kind: 'client-credentials', clientSecret: auth.clientSecret.reveal() } as const;
  const { username, privateKey, audience } = auth;
  return { kind: 'jwt', username, privateKeyPem: privateKey.reveal(), audience } as const;
}
