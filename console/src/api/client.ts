// The one way to the service: typed by the contract, same origin, by cookie. Writes carry the session's CSRF token and a key that makes
// a repeated request safe. Answers are given as values; anything else is thrown as ApiProblem.
import createClient, { type Middleware } from 'openapi-fetch';
import type { Problem, paths } from '../../../openapi/generated/api.ts';
import { csrfToken, forgetSession } from '../session.ts';
import { ApiProblem } from './problem.ts';

const SAFE_METHODS = ['GET', 'HEAD'];

const asSession: Middleware = {
  onRequest({ request }) {
    if (SAFE_METHODS.includes(request.method)) return;
    if (csrfToken.value !== undefined) request.headers.set('X-Ecluse-Csrf', csrfToken.value);
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    }
  },
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && !schemaPath.startsWith('/v1/session')) forgetSession();
  },
};

// The global fetch is looked up at each call, so that a test may put its own in place.
export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  fetch: (request) => fetch(request),
});
api.use(asSession);

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer's value. Throws ApiProblem. */
export async function answered<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw new ApiProblem(isProblem(error) ? error : problemWithoutBody(response));
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Every item of a list, page after page, up to a bound that keeps a browser usable. */
export async function everyItem<T>(askPage: (cursor?: string) => Promise<Answer<Page<T>>>, most = 5000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await answered(askPage(cursor));
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value;
}

function problemWithoutBody(response: Response): Problem {
  const title = response.statusText || String(response.status);
  return { type: 'about:blank', title, status: response.status, code: 'unexpected', request_id: '' };
}
