import { startLocalCrms } from './stage.ts';

export type SandboxOptions = {
  print(line: string): void;
  /** Where the service is going to listen, on this machine. */
  serviceUrl: string;
  port: number;
  /** A data directory of its own: a ledger is bound to the accounts that it first met. */
  dataDir: string;
  /** Fulfilled with the exit code when the person wants to stop. */
  stopped: Promise<number>;
};

/**
 * Starts the two local CRMs for people to try their mappings on; prints the environment that points a service at them.
 * @returns the exit code of the signal
 */
export async function runSandbox({ print, serviceUrl, port, dataDir, stopped }: SandboxOptions): Promise<number> {
  const { hubspot, salesforce, ownerId } = await startLocalCrms();
  hubspot.setWebhookTarget(`${serviceUrl}/webhooks/hubspot`);
  const environment = {
    SYNC_MODE: 'live',
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_URL: serviceUrl,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
    HUBSPOT_CLIENT_SECRET: hubspot.clientSecret,
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
  };
  const hints = [
    'A local HubSpot and Salesforce, empty, until Ctrl-C. With these lines in sandbox.env, in another terminal:',
    '  set -a; . ./sandbox.env; set +a; npm start',
    `The owner ${ownerId} in HubSpot is a user in Salesforce too. More in docs/setup.md.`,
  ];
  for (const hint of hints) print(`# ${hint}`);
  for (const [name, value] of Object.entries(environment)) print(`${name}=${value}`);
  const code = await stopped;
  await Promise.all([hubspot.close(), salesforce.close()]);
  return code;
}
