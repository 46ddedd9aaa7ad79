import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorRequestHandler, Router } from 'express';
import { requireRole } from './authorize.ts';
import { createApiDocument } from './openapi.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';

/** `GET /openapi.json`. */
export function createDocumentRouter(access: RouteAccess): Router {
  const router = Router();
  let document: ReturnType<typeof createApiDocument> | undefined;
  route(router, 'GET /openapi.json', access, () => {
    document ??= createApiDocument();
    return document;
  });
  return router;
}

const own = join(import.meta.dirname, 'reference');
const vendor = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')));

const files: readonly (readonly [path: string, folder: string, name: string])[] = [
  ['/', own, 'index.html'],
  ['/reference.css', own, 'reference.css'],
  ['/reference.js', own, 'reference.js'],
  ['/swagger-ui.css', vendor, 'swagger-ui.css'],
  ['/swagger-ui-bundle.js', vendor, 'swagger-ui-bundle.js'],
  ['/favicon-32x32.png', vendor, 'favicon-32x32.png'],
];

/** `/api/docs`: the document as people read it, for those who are signed in. Files of this service alone, nothing from elsewhere. */
export function createReferenceRouter({ tokens }: Pick<RouteAccess, 'tokens'>): Router {
  const router = Router();
  router.use(requireRole(tokens, 'viewer'));
  for (const [path, root, name] of files) {
    router.get(path, (_request, response) => {
      response.setHeader('Cache-Control', 'no-cache');
      response.sendFile(name, { root, cacheControl: false });
    });
  }
  router.use(toSignIn);
  return router;
}

/** A browser that is not signed in is led to where that is done. */
const toSignIn: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const isOpened = request.accepts(['json', 'html']) === 'html';
  if (error instanceof Problem && error.status === 401 && isOpened) {
    return response.redirect(`/sign-in?then=${encodeURIComponent('/api/docs')}`);
  }
  next(error);
};
