// Metrics for Prometheus. Labels are operations and codes, never ids of tenants or persons' counts.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  observeRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  setJobs(jobsByState: Record<string, number>): void;
  countWorkerStart(): void;
}

export function makeMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'ecluse_http_request_seconds',
    help: 'Duration of requests by operation.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const jobs = new Gauge({
    name: 'ecluse_jobs',
    help: 'Jobs that have not ended, by state.',
    labelNames: ['state'],
    registers,
  });
  const workers = new Counter({ name: 'ecluse_worker_starts_total', help: 'Starts of the worker process.', registers });
  return {
    registry,
    observeRequest: ({ method, route, status, seconds }) => requests.observe({ method, route, status }, seconds),
    setJobs: (jobsByState) => {
      for (const state of ['queued', 'running']) jobs.set({ state }, jobsByState[state] ?? 0);
    },
    countWorkerStart: () => workers.inc(),
  };
}
