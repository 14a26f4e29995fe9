// A refusal or failure of the service, as its problem+json says it. Pages show it whole: which policy, and what to do.
import type { Problem } from '../../../openapi/generated/api.ts';

export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** Whatever was thrown, as a problem that can be shown. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof ApiProblem) return cause.problem;
  const isUnreachable = cause instanceof TypeError;
  return {
    type: 'about:blank',
    title: isUnreachable ? 'unreachable' : 'unexpected',
    status: 0,
    code: isUnreachable ? 'unreachable' : 'unexpected',
    request_id: '',
  };
}
