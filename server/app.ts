// The API as an express application, from the outside in: headers, identity, permission, validation, operation, problem.
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { CONSOLE_FOLDER, serveConsole } from './console/serve-console.ts';
import { ServiceError } from './errors.ts';
import type { Ground } from './ground.ts';
import { forNobody } from './http/caller-scope.ts';
import { operationsOf, readContract } from './http/contract.ts';
import { contractValidation } from './http/contract-validation.ts';
import { docsPage } from './http/docs-page.ts';
import { MAX_JSON_BYTES } from './http/limits.ts';
import type { Metrics } from './http/metrics.ts';
import type { Handlers } from './http/operation.ts';
import { problemWriter } from './http/problem.ts';
import { withRequestId } from './http/request-context.ts';
import { requestLog } from './http/request-log.ts';
import { gateRouter, operationRouter } from './http/router.ts';

export interface AppOptions {
  readonly ground: Ground;
  readonly handlers: Handlers;
  readonly metrics: Metrics;
  /** Of the built console. */
  readonly consoleFolder?: string;
  /** Mounted before bodies are parsed: uploads and tiles, which bring their own protocol. */
  readonly protocols: readonly { readonly path: string; readonly serve: RequestHandler }[];
}

export function makeApp({ ground, handlers, metrics, protocols, consoleFolder = CONSOLE_FOLDER }: AppOptions): Express {
  const contract = readContract();
  const operations = operationsOf(contract);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', ground.config.trustedProxies);
  app.use(forNobody, withRequestId(), requestLog(ground.log, metrics), helmet(HELMET_OPTIONS), noStore);
  const page = docsPage(contract);
  app.get('/docs', (_request, response) => void response.type('html').send(page));
  app.get('/v1/openapi.json', (_request, response) => void response.json(contract));
  for (const { path, serve } of protocols) app.use(path, serve);
  app.use(serveConsole(consoleFolder));
  app.use(headAsGet);
  app.use(gateRouter(ground, operations));
  app.use(express.json({ limit: MAX_JSON_BYTES, strict: true }));
  app.use(contractValidation(contract));
  app.use(operationRouter(ground, operations, handlers));
  app.use(() => {
    throw new ServiceError('not_found');
  });
  app.use(problemWriter(ground.log));
  return app;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

// RFC 9110, section 9.3.2: the answer of a GET without its body. Node keeps the body back by what the request began as.
const headAsGet: RequestHandler = (request, _response, next) => {
  if (request.method === 'HEAD') request.method = 'GET';
  next();
};

const HELMET_OPTIONS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'unsafe-inline'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
} as const;
