import { z } from 'zod';
import {
  adminTokens,
  baseUrl,
  dailyBudget,
  metricsToken,
  oneOf,
  secret,
  secretList,
  serverUrl,
  timeOfDay,
  webhookUrl,
  wholeNumber,
} from './config-schemas.ts';

/** `ledger`: every command; `mappings`: whatever reads mappings; `setup`: what setup needs without credentials; `crm`: what talks to the CRMs; `http`: what listens. */
export type OptionGroup = 'ledger' | 'mappings' | 'setup' | 'crm' | 'http';

export type Option = {
  name: string;
  group: OptionGroup;
  /** Turns the text of the environment into the value; its messages complete the sentence "NAME …" and never hold the value. */
  schema: z.ZodType<unknown, string>;
  default?: string;
  required?: true;
  secret?: true;
  example: string;
  /** What it means, for `.env.example` and docs/configuration.md. */
  text: string;
};

/** Every variable of the environment: the check at start, `.env.example` and docs/configuration.md come from this table. */
export const options = [
  {
    name: 'SYNC_MODE',
    group: 'ledger',
    schema: oneOf('observe', 'live'),
    default: 'observe',
    example: 'live',
    text: 'observe: reads, plans and records, but writes nothing to either CRM. live: writes.',
  },
  {
    name: 'DATABASE_URL',
    group: 'ledger',
    schema: serverUrl('postgresql:', 'postgres:'),
    secret: true,
    example: 'postgresql://handoff:password@localhost:5432/handoff',
    text: 'PostgreSQL 14 or newer. Unset: an embedded PostgreSQL under DATA_DIR.',
  },
  {
    name: 'DATA_DIR',
    group: 'ledger',
    schema: z.string(),
    example: './data',
    text: 'Where the embedded PostgreSQL keeps its files. Default ./data; for root below a path that others cannot read: /var/lib/handoff.',
  },
  {
    name: 'REDIS_URL',
    group: 'ledger',
    schema: serverUrl('redis:', 'rediss:'),
    secret: true,
    example: 'redis://localhost:6379',
    text: 'Queues on Redis. Unset: queues on PostgreSQL.',
  },
  {
    name: 'LOG_LEVEL',
    group: 'ledger',
    schema: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    example: 'debug',
    text: 'How much the log tells: debug, info, warn, error or silent.',
  },
  {
    name: 'MAPPINGS_DIR',
    group: 'mappings',
    schema: z.string(),
    default: './mappings',
    example: './mappings',
    text: 'The folder with the mapping files.',
  },
  {
    name: 'CHECK_AT_START',
    group: 'crm',
    schema: oneOf('warn', 'refuse', 'off'),
    default: 'warn',
    example: 'refuse',
    text: 'What becomes of findings of handoff check when the service starts. warn: they are logged. refuse: with errors it does not start. off: nobody looks then; once a day all the same.',
  },
  {
    name: 'PORT',
    group: 'setup',
    schema: wholeNumber(0, 65_535),
    default: '3000',
    example: '3000',
    text: 'The port that the service listens on.',
  },
  {
    name: 'PUBLIC_URL',
    group: 'setup',
    schema: baseUrl,
    example: 'https://handoff.example.com',
    text: 'The base URL that HubSpot calls. Signatures are checked against it + /webhooks/hubspot. Default: http://localhost and the port.',
  },
  {
    name: 'ADMIN_TOKENS',
    group: 'http',
    schema: adminTokens,
    secret: true,
    example: 'ann:admin:a-long-random-text,dash:viewer:another-one',
    text: 'Comma list of name:role:token, roles viewer, operator, admin. Unset: /api/v1 answers 401.',
  },
  {
    name: 'ALERT_WEBHOOK_URL',
    group: 'setup',
    schema: webhookUrl,
    secret: true,
    example: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX',
    text: 'Where messages about incidents go: an incoming webhook of Slack, or anything that takes the same JSON. Unset: incidents are shown on the page alone.',
  },
  {
    name: 'METRICS_TOKEN',
    group: 'http',
    schema: metricsToken,
    secret: true,
    example: 'a-long-random-text-for-prometheus',
    text: 'A token that reads /metrics and nothing else, as "Authorization: Bearer …". Unset: only the tokens of ADMIN_TOKENS do.',
  },
  {
    name: 'TRUST_PROXY',
    group: 'http',
    schema: wholeNumber(0, 10),
    default: '0',
    example: '1',
    text: 'How many proxies stand before the service and write X-Forwarded-For. 0: none, the header is not read. With a number that is too high anybody may claim any address.',
  },
  {
    name: 'HUBSPOT_ACCESS_TOKEN',
    group: 'crm',
    schema: secret,
    required: true,
    secret: true,
    example: 'pat-eu1-00000000-0000-0000-0000-000000000000',
    text: 'Token of a project app with static auth, or of a legacy private app.',
  },
  {
    name: 'HUBSPOT_CLIENT_SECRET',
    group: 'http',
    schema: secretList,
    required: true,
    secret: true,
    example: '00000000-0000-0000-0000-000000000000',
    text: 'Signs the webhooks. Comma list while it is being rotated, the new one first.',
  },
  {
    name: 'HUBSPOT_BASE_URL',
    group: 'crm',
    schema: baseUrl,
    default: 'https://api.hubapi.com',
    example: 'https://api.hubapi.com',
    text: 'Where the HubSpot API is.',
  },
  {
    name: 'HUBSPOT_RATE_PER_10S',
    group: 'crm',
    schema: wholeNumber(1, 10_000),
    default: '100',
    example: '190',
    text: 'Calls per 10 seconds that this app may make: 100, or 190 from the Professional plans on.',
  },
  {
    name: 'HUBSPOT_API_PATHS',
    group: 'crm',
    schema: oneOf('v3', '2026-03'),
    default: 'v3',
    example: '2026-03',
    text: 'v3 (supported until March 2027 in part) or the dated paths 2026-03.',
  },
  {
    name: 'SALESFORCE_LOGIN_URL',
    group: 'crm',
    schema: baseUrl,
    required: true,
    example: 'https://example.my.salesforce.com',
    text: 'The My Domain URL of the org.',
  },
  {
    name: 'SALESFORCE_CLIENT_ID',
    group: 'crm',
    schema: z.string(),
    required: true,
    example: '3MVG9…',
    text: 'Consumer key of the external client app.',
  },
  {
    name: 'SALESFORCE_CLIENT_SECRET',
    group: 'crm',
    schema: secret,
    secret: true,
    example: '0000000000000000',
    text: 'Client-credentials flow: the consumer secret. Set this, or the user name and private key below.',
  },
  {
    name: 'SALESFORCE_USERNAME',
    group: 'crm',
    schema: z.string(),
    example: 'handoff@example.com',
    text: 'JWT bearer flow: the integration user.',
  },
  {
    name: 'SALESFORCE_PRIVATE_KEY',
    group: 'crm',
    schema: secret,
    secret: true,
    example: '@/etc/handoff/salesforce.key',
    text: 'JWT bearer flow: the private key as PEM with \\n for line ends, or @/path of its file.',
  },
  {
    name: 'SALESFORCE_JWT_AUDIENCE',
    group: 'crm',
    schema: baseUrl,
    example: 'https://login.salesforce.com',
    text: 'JWT bearer flow: by default https://test.salesforce.com for sandboxes, else https://login.salesforce.com; on loopback the login URL.',
  },
  {
    name: 'SALESFORCE_API_VERSION',
    group: 'setup',
    schema: z.string().regex(/^\d{2,3}\.0$/, 'must look like 67.0'),
    default: '67.0',
    example: '67.0',
    text: 'Falls back to the newest version that the org offers below it, loudly.',
  },
  {
    name: 'SALESFORCE_DAILY_BUDGET',
    group: 'crm',
    schema: dailyBudget,
    default: '0.5',
    example: '20000',
    text: "Salesforce calls per 24 hours: a share of the org's limit (0.5; 1 is all of it), or a whole number of calls.",
  },
  {
    name: 'SALESFORCE_POLL_SECONDS',
    group: 'crm',
    schema: wholeNumber(5, 86_400),
    default: '30',
    example: '60',
    text: 'Seconds between two looks for changes in Salesforce; each costs one call.',
  },
  {
    name: 'SWEEP_MINUTES',
    group: 'crm',
    schema: wholeNumber(1, 1_440),
    default: '15',
    example: '5',
    text: 'Minutes between two sweeps over recently modified HubSpot contacts, companies and deals: what a lost webhook costs at most.',
  },
  {
    name: 'COMPARE_AT',
    group: 'crm',
    schema: timeOfDay,
    default: '03:00',
    example: '23:30',
    text: 'When both CRMs are compared with the ledger each day: hour and minute in UTC, or off.',
  },
] as const satisfies readonly Option[];
