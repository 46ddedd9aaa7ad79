import type { RequestHandler } from 'express';
import helmet from 'helmet';

const self = ["'self'"];
const none = ["'none'"];

/**
 * Headers of every answer. Nothing but files of this service is loaded or run, nobody may frame the page, and nothing of it is told to where a
 * link leads. No inline script and no inline style element: what the page shows of a record can become neither.
 */
export function setSecurityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': none,
        'script-src': self,
        'style-src': self,
        'img-src': ["'self'", 'data:'],
        'font-src': self,
        'connect-src': self,
        'frame-ancestors': none,
        'base-uri': none,
        'form-action': self,
      },
    },
    // Not `no-referrer`: under it a browser may hide from us that a request is our own.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Browsers heed it over TLS alone; other hosts below ours are not ours to speak for.
    strictTransportSecurity: { maxAge: 365 * 24 * 3_600, includeSubDomains: false },
  });
}

/** What the API answers is kept by nobody on the way. */
export function forbidKeeping(): RequestHandler {
  return (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  };
}
