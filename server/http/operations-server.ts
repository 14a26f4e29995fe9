// /livez, /readyz and /metrics on a port of their own, so that the API's port shows nothing of the machine.
import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface Readiness {
  /** Throws, with a public reason, when requests cannot be served. */
  check(): Promise<void>;
}

export function makeOperationsServer(options: {
  metrics: Metrics;
  readiness: Readiness;
  beforeMetrics(): Promise<void>;
}): Server {
  return createServer(async (request, response) => {
    const answer = await answerOf(request.url ?? '', options).catch(() => ({
      status: 500,
      type: 'text/plain',
      text: 'failed\n',
    }));
    response.writeHead(answer.status, { 'Content-Type': answer.type, 'Cache-Control': 'no-store' }).end(answer.text);
  });
}

async function answerOf(
  url: string,
  { metrics, readiness, beforeMetrics }: { metrics: Metrics; readiness: Readiness; beforeMetrics(): Promise<void> },
): Promise<{ status: number; type: string; text: string }> {
  if (url === '/livez') return { status: 200, type: 'text/plain', text: 'ok\n' };
  if (url === '/readyz') {
    return readiness.check().then(
      () => ({ status: 200, type: 'text/plain', text: 'ok\n' }),
      (error: Error) => ({ status: 503, type: 'text/plain', text: `${error.message}\n` }),
    );
  }
  if (url !== '/metrics') return { status: 404, type: 'text/plain', text: 'not found\n' };
  await beforeMetrics();
  return { status: 200, type: metrics.registry.contentType, text: await metrics.registry.metrics() };
}
