// The service as the contract types it, and how its refusals become exit codes.
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../openapi/generated/api.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { REQUEST_TIMEOUT_MS } from '../limits.ts';

export type Service = Client<paths>;

export interface ServiceOptions {
  readonly serviceUrl: string;
  readonly apiKey: string;
  readonly signal: AbortSignal;
  /** Of one request with its answer. */
  readonly timeoutMs?: number;
}

export function openService(options: ServiceOptions): Service {
  return createClient<paths>({
    baseUrl: options.serviceUrl,
    headers: { Authorization: `Bearer ${options.apiKey}` },
    fetch: async (request) => {
      try {
        return await fetch(request, {
          signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS)]),
        });
      } catch (cause) {
        if (options.signal.aborted) throw interrupted();
        throw new CommandError('network', 'the service could not be reached', { cause, hint: 'try again later' });
      }
    },
  });
}

/** The error for an answer that is none of the expected. The body is the service's; only its known, public fields are told. */
export function refusalOf(status: number, body: unknown): CommandError {
  const problem = problemOf(body);
  const said = [problem.code, problem.detail ?? problem.title].filter((text) => text !== undefined).join(': ');
  const message = `the service answered ${status}${said === '' ? '' : ` (${said})`}`;
  if (status === 401) return new CommandError('unauthenticated', message, { hint: 'check the API key' });
  if (status === 403)
    return new CommandError('refused', message, { hint: 'the key lacks the permission, or a policy forbids it' });
  if (status === 429 || status >= 500)
    return new CommandError('network', message, { hint: 'try again later', exitCode: EXIT.network });
  return new CommandError('service_error', message);
}

function problemOf(body: unknown): { code?: string; title?: string; detail?: string } {
  try {
    const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (typeof value !== 'object' || value === null) return {};
    const texts = Object.entries(value).filter(
      ([key, text]) => ['code', 'title', 'detail'].includes(key) && typeof text === 'string',
    );
    return Object.fromEntries(texts) as { code?: string; title?: string; detail?: string };
  } catch {
    return {};
  }
}
