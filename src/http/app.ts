import express, { type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { Log } from '../ports/log.ts';
import { type ApiDependencies, createApiRouter } from './api.ts';
import { requireRole } from './authorize.ts';
import { createHealthRouter, type Readiness } from './health.ts';
import { type Metrics, updateGauges } from './metrics.ts';
import { createErrorHandler, Problem, sendProblem } from './problems.ts';
import { createWebhookRouter, type WebhookDependencies } from './webhooks.ts';

export type HealthDependencies = Pick<ApiDependencies, 'tokens'> & {
  ledger: Pick<AdminLedger, 'status'>;
  readiness(): Promise<Readiness>;
  metrics: Metrics;
  log: Log;
};

export type HttpDependencies = Omit<WebhookDependencies, 'metrics' | 'log'> &
  Omit<ApiDependencies, 'ledger'> &
  HealthDependencies & { ledger: ApiDependencies['ledger'] };

const minuteMs = 60_000;

/** The HTTP side of the service. It holds no state: until the ledger is there, what needs it throws and answers 503. */
export function createHttpApp(dependencies: HttpDependencies): Express {
  const app = openApp(dependencies);
  app.use(createWebhookRouter(dependencies));
  app.use('/api/v1', createApiRouter(dependencies));
  return closeApp(app, dependencies);
}

/** What a worker answers: `/healthz`, `/readyz` and `/metrics`, so that it can be watched; no webhooks, no API. */
export function createHealthApp(dependencies: HealthDependencies): Express {
  return closeApp(openApp(dependencies), dependencies);
}

function openApp({ tokens, ledger, readiness, metrics, log }: HealthDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(helmet());
  app.use(measure(metrics, log));
  app.use(createHealthRouter(readiness));
  // Guessing a token is slow; whoever holds one is not limited.
  app.use(['/api', '/metrics'], limitFailures());
  app.get('/metrics', requireRole(tokens, 'viewer'), async (_request, response) => {
    updateGauges(metrics, await ledger.status(), Date.now());
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
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

function limitFailures(): RequestHandler {
  return rateLimit({
    windowMs: minuteMs,
    limit: 300,
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, response) =>
      sendProblem(response, new Problem(429, 'too_many_failures', 'Too many refused requests. Try again in a minute.')),
  });
}

/** Times each request. The path of an unknown address is the caller's text and stays out of log and metrics. */
function measure(metrics: Metrics, log: Log): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const route = `${request.baseUrl}${request.route?.path ?? ''}` || 'unknown';
      const durationMs = performance.now() - startedAt;
      metrics.requests.observe({ route, status: String(response.statusCode) }, durationMs / 1000);
      log.debug(
        { method: request.method, route, status: response.statusCode, durationMs: Math.round(durationMs) },
        'request answered',
      );
    });
    next();
  };
}
