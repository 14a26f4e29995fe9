// Rules of following a job: the answer is the job that succeeded, and one that did not is a problem with its own words.
import { afterEach, expect, test, vi } from 'vitest';
import type { Job } from '../../../openapi/generated/api.ts';
import { ApiProblem } from './problem.ts';

vi.stubGlobal('location', { origin: 'http://service.example' });
const { jobDone } = await import('./job.ts');

afterEach(() => vi.unstubAllGlobals());

const ENDED = '2026-06-01T10:00:00.000Z';
const job = (of: Partial<Job>) => ({ id: 'job_1', progress: { phase: 'sending' }, error: null, ...of });

function serve(...answers: readonly object[]): void {
  const left = [...answers];
  vi.stubGlobal('fetch', async () => Response.json(left.shift()));
}

test('it is followed until it has ended', async () => {
  serve(job({ status: 'running', finished_at: null }), job({ status: 'succeeded', finished_at: ENDED }));
  const seen: string[] = [];
  expect(await jobDone('job_1', ({ status }) => seen.push(status))).toMatchObject({ status: 'succeeded' });
  expect(seen).toEqual(['running', 'succeeded']);
});

test('one that failed is a problem that says what failed', async () => {
  const error = { code: 'destination_unauthorized', detail: 'The platform refused the password.' };
  serve(job({ status: 'failed', finished_at: ENDED, error }));
  const problem = await jobDone('job_1').catch((thrown: unknown) => thrown);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect((problem as ApiProblem).problem).toMatchObject({ code: error.code, detail: error.detail });
});
