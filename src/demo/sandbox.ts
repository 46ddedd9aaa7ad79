import { startLocalCrms } from './stage.ts';

/** Starts the two local CRMs for people to try their mappings on; prints the environment that points a service at them. */
export async function runSandbox(print: (line: string) => void, stopped: Promise<unknown>): Promise<number> {
  const { hubspot, salesforce } = await startLocalCrms();
  const environment = {
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
    HUBSPOT_CLIENT_SECRET: hubspot.clientSecret,
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
  };
  for (const [name, value] of Object.entries(environment)) print(`${name}=${value}`);
  hubspot.setWebhookTarget('http://localhost:3000/webhooks/hubspot');
  await stopped;
  await Promise.all([hubspot.close(), salesforce.close()]);
  return 0;
}
