// One line a request: the operation's path as the contract writes it, never the ids or the query that came in.
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { findCaller, requestIdOf } from './request-context.ts';

export function requestLog(log: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    response.on('finish', () => {
      const durationMs = Math.round(performance.now() - startedMs);
      const route = typeof request.route?.path === 'string' ? request.route.path : 'other';
      const { method } = request;
      metrics.observeRequest({ method, route, status: response.statusCode, seconds: durationMs / 1000 });
      const member = findCaller(request)?.memberId;
      log.info(
        { requestId: requestIdOf(request), method, route, status: response.statusCode, durationMs, member },
        'request',
      );
    });
    next();
  };
}
