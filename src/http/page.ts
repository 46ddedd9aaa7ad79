import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Response, Router } from 'express';

/** Addresses of other parts of the service: nothing below them is a view of the page. */
const notThePage = /^\/(api|assets|webhooks|metrics|healthz|readyz)(\/|$)/;

const notBuilt = `The admin page has not been built.
Run "npm run build" in the folder of the service. It needs no restart.
`;

/**
 * The admin page: its files, and at every address that a browser opens and nothing else answers the page itself, which then shows that view.
 * Files below `/assets` have their content in their name; all else is asked for anew each time.
 *
 * @param folder what the build made; it may come later
 */
export function createPageRouter(folder: string): Router {
  const index = join(folder, 'index.html');
  const router = Router();
  router.use(express.static(folder, { index: false, redirect: false, cacheControl: false, setHeaders: setLifetime }));
  router.get('/{*view}', (request, response, next) => {
    const isPage = request.path === '/' || (isOpened(request.get('accept')) && !notThePage.test(request.path));
    if (!isPage) return next();
    response.setHeader('Cache-Control', 'no-cache');
    if (existsSync(index)) response.sendFile(index, { cacheControl: false });
    else response.status(503).type('text/plain').send(notBuilt);
  });
  return router;
}

/** Programs take anything; a browser that opens an address says that it wants a page. */
function isOpened(accept: string | undefined): boolean {
  return accept !== undefined && /\btext\/html\b/i.test(accept);
}

function setLifetime(response: Response['req']['res'] & object, path: string): void {
  const isHashed = /[/\\]assets[/\\][^/\\]+$/.test(path);
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}
