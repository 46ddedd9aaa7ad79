import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { AccessLedger } from '../ports/ledger-access.ts';
import type { IncidentLedger } from '../ports/ledger-incidents.ts';
import type { OverviewLedger } from '../ports/ledger-overview.ts';
import type { Log, LogContext } from '../ports/log.ts';
import type { Secret } from '../secret.ts';
import { type ApiDependencies, createApiRouter } from './api.ts';
import { createAudit } from './audit.ts';
import { identify, identifyScraper, requireRole, type SignInDependencies } from './authorize.ts';
import { createHealthRouter, type Readiness } from './health.ts';
import { createOnce } from './idempotency.ts';
import { createLookupLimit } from './lookup-limit.ts';
import type { Metrics } from './metrics.ts';
import { createPageRouter } from './page.ts';
import { createPauseRouter, type PauseDependencies } from './pause-api.ts';
import { createErrorHandler, Problem } from './problems.ts';
import { createReferenceRouter } from './reference.ts';
import { nameRequests } from './request-id.ts';
import { forbidKeeping, setSecurityHeaders } from './security-headers.ts';
import { createSessionRouter, type SessionDependencies } from './session-api.ts';
import { createSessions } from './sessions.ts';
import { limitFailures, limitSignIns } from './sign-in-limit.ts';
import { tellMetrics } from './tell-metrics.ts';
import { createWebhookRouter, type WebhookDependencies } from './webhooks.ts';

export type HealthDependencies = Pick<ApiDependencies, 'tokens'> & {
  ledger: Pick<OverviewLedger, 'overview'> & Pick<IncidentLedger, 'incidents'>;
  readiness(): Promise<Readiness>;
  metrics: Metrics;
  /** Reads `/metrics` and nothing else; null: only the other tokens do. */
  metricsToken: Secret | null;
  /** Salesforce calls of a day: up to 1 a share of the org's limit, above it a number. */
  salesforceDaily: number;
  /** How many proxies stand before us. */
  trustProxy: number;
  log: Log & Partial<LogContext>;
};

export type HttpDependencies = Omit<WebhookDependencies, 'metrics' | 'log'> &
  Omit<ApiDependencies, 'ledger' | 'guards'> &
  Omit<SessionDependencies, 'ledger' | 'sessions'> &
  HealthDependencies & {
    ledger: ApiDependencies['ledger'] & SessionDependencies['ledger'] & PauseDependencies['ledger'] & AccessLedger;
    /** Where the built page is. */
    pageFolder: string;
  };

/** The HTTP side of the service. It holds no state: until the ledger is there, what needs it throws and answers 503. */
export function createHttpApp(dependencies: HttpDependencies): Express {
  const app = openApp(dependencies);
  app.use(createWebhookRouter(dependencies));
  openApi(app, dependencies);
  app.use(createPageRouter(dependencies.pageFolder));
  return closeApp(app, dependencies);
}

/** What a worker answers: `/healthz`, `/readyz` and `/metrics`, so that it can be watched; no webhooks, no API. */
export function createHealthApp(dependencies: HealthDependencies): Express {
  return closeApp(openApp(dependencies), dependencies);
}

/** Who asks is found out first: it decides who is limited. */
function openApi(app: Express, dependencies: HttpDependencies): void {
  const { tokens, ledger, log, publicUrl } = dependencies;
  const signIn: SignInDependencies = { tokens, publicUrl, sessions: createSessions(tokens, ledger) };
  const guards = { noteAction: createAudit(ledger, log), once: createOnce(ledger, log), admit: createLookupLimit() };
  const given = { ...dependencies, ...signIn, guards };
  app.post('/api/v1/session', forbidKeeping(), limitSignIns());
  app.use('/api', forbidKeeping(), identify(signIn), limitFailures());
  // Express would tell anybody which methods an address takes.
  app.options('/api/{*path}', requireRole(tokens, 'viewer'));
  app.use('/api/docs', createReferenceRouter(given));
  app.use('/api/v1', createSessionRouter(given, given), createPauseRouter(given, given), createApiRouter(given));
}

function openApp({
  tokens,
  ledger,
  readiness,
  metrics,
  metricsToken,
  salesforceDaily,
  trustProxy,
  log,
}: HealthDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', trustProxy);
  app.use(setSecurityHeaders());
  app.use(nameRequests(log));
  app.use(measure(metrics, log));
  app.use(createHealthRouter(readiness));
  const scraper = [identifyScraper(tokens, metricsToken), limitFailures(), requireRole(tokens, 'viewer')];
  app.get('/metrics', ...scraper, async (_request, response) => {
    response.type(metrics.registry.contentType).send(await tellMetrics(metrics, { ledger, salesforceDaily, log }));
  });
  return app;
}

function closeApp(app: Express, { log }: HealthDependencies): Express {
  app.use(() => {
    throw new Problem(404, 'not_found', 'There is nothing at this address.');
  });
  app.use(createErrorHandler(log));
  return app;
}

/** An endpoint by its name in the contract, anything else by its path as we wrote it. */
function routeOf({ route, baseUrl }: Request, { locals }: Response): string {
  if (locals.endpoint !== undefined) return String(locals.endpoint);
  return route === undefined ? 'unknown' : `${baseUrl.toLowerCase()}${route.path}`;
}

/** Times each request. The path of an unknown address is the caller's text and stays out of log and metrics. */
function measure(metrics: Metrics, log: Log): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const route = routeOf(request, response);
      const durationMs = performance.now() - startedAt;
      // A stream lasts as long as somebody listens; that is no time to an answer.
      if (!String(response.getHeader('content-type')).startsWith('text/event-stream'))
        metrics.requests.observe({ route, status: String(response.statusCode) }, durationMs / 1000);
      log.debug(
        {
          requestId: response.get('X-Request-Id'),
          method: request.method,
          route,
          status: response.statusCode,
          durationMs: Math.round(durationMs),
        },
        'request answered',
      );
    });
    next();
  };
}
