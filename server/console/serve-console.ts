// Serves the built console at `/` under the strictest policy: nothing but this origin, nothing inline. Hashed files are kept for ever,
// its one document is asked for anew each time, and every path of the console is answered with that document.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, Router } from 'express';
import helmet from 'helmet';

/** Where `npm run build` puts it. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/console/', import.meta.url));

const DOCUMENT = 'index.html';

/** What the console is made of; everything else is forbidden to it, whoever may have written into a page. */
export const CONSOLE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
} as const;

const HELMET_OPTIONS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: Object.fromEntries(Object.entries(CONSOLE_POLICY).map(([name, sources]) => [name, [...sources]])),
  },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

/** Goes before the operations: it answers reads outside of `/v1` alone, and passes on a file that is not there. */
export function serveConsole(folder: string): Router {
  const router = Router();
  const files = express.static(folder, { index: false, redirect: false, dotfiles: 'ignore', setHeaders: keepHashed });
  router.use(ownPathsOnly, helmet(HELMET_OPTIONS), files, (request, response, next) => {
    if (isFile(request.path)) return next();
    if (!existsSync(join(folder, DOCUMENT))) return void response.status(503).type('html').send(NOT_BUILT);
    response.set('Cache-Control', 'no-cache');
    response.sendFile(DOCUMENT, { root: folder, cacheControl: false });
  });
  return router;
}

/** The API, and what is asked on the operations port alone: a monitor that asks here must not be told that all is well. */
const NOT_THE_CONSOLE = /^\/(v1|livez|readyz|metrics)(\/|$)/;

const ownPathsOnly: RequestHandler = (request, _response, next) => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // `router` leaves this router; what follows it sees the request as it came.
  next(isRead && !NOT_THE_CONSOLE.test(request.path) ? undefined : 'router');
};

/** A path of the console has no dot in its last part; a file always has one. */
function isFile(path: string): boolean {
  return path.slice(path.lastIndexOf('/')).includes('.');
}

function keepHashed(response: { setHeader(name: string, value: string): void }, path: string): void {
  const isHashed = /[/\\]assets[/\\][^/\\]+-[A-Za-z0-9_-]{8}\.\w+$/.test(path);
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Écluse</title></head><body>
<h1>The console is not built</h1><p>The service works; its console has to be built once: <code>npm run build</code>, then load this page again.</p>
<p>The API is documented at <a href="/docs">/docs</a>.</p></body></html>
`;
