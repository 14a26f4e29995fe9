// The demo's hands on the HTTP contract: one client for each member, answers or a clear failure, jobs waited for to their end.
import createClient, { type Client } from 'openapi-fetch';
import type { Job, Problem, paths } from '../../openapi/generated/api.ts';

export type Api = Client<paths>;

/** A member of the story and its own key; each step is done by the one whose role it is. */
export interface Actor {
  readonly name: string;
  readonly secret: string;
  readonly api: Api;
}

export class DemoFailure extends Error {
  override name = 'DemoFailure';
}

const JOB_PATIENCE_MS = 180_000;
const JOB_GLANCE_MS = 60;

export function actorOf(service: { url: string }, { name, secret }: { name: string; secret: string }): Actor {
  // Kept connections are closed when idle, and a busy caller may write to one that just was.
  const headers = { authorization: `Bearer ${secret}`, connection: 'close' };
  return { name, secret, api: createClient<paths>({ baseUrl: service.url, headers }) };
}

/** The body of a good answer. Anything else ends the demo and says which step, which code, and where it is mended. */
export async function answer<T>(
  step: string,
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return data;
  const problem = (error ?? {}) as Partial<Problem>;
  const pointers = (problem.errors ?? []).map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  const said = [problem.code, problem.detail, problem.decision?.reasons.join(', '), pointers]
    .filter(Boolean)
    .join(' · ');
  throw new DemoFailure(`${step}: HTTP ${response.status} ${said}`);
}

/** Waits for a job to end well. `partially_succeeded` is well: a load with rejected rows ends so. */
export async function jobDone(step: string, { api }: Actor, jobId: string): Promise<Job> {
  const deadline = performance.now() + JOB_PATIENCE_MS;
  for (;;) {
    const job = await answer(step, api.GET('/v1/jobs/{job_id}', { params: { path: { job_id: jobId } } }));
    if (job.status === 'succeeded' || job.status === 'partially_succeeded') return job;
    if (job.status === 'failed' || job.status === 'cancelled') {
      throw new DemoFailure(`${step}: the job ${job.status}: ${job.error?.code ?? ''} ${job.error?.detail ?? ''}`);
    }
    if (performance.now() > deadline) throw new DemoFailure(`${step}: the job is still ${job.progress.phase}`);
    await new Promise((resolve) => setTimeout(resolve, JOB_GLANCE_MS));
  }
}
