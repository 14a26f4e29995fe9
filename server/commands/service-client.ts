// A running service asked over HTTP by a command line: where it is, with which key, and what went wrong in words.
import { readFileSync } from 'node:fs';

export interface ServiceFlags {
  readonly url?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

export interface Service {
  readonly url: string;
  readonly apiKey: string;
}

/** Throws for what is not given. */
export function serviceOf(flags: ServiceFlags, env: Readonly<Record<string, string | undefined>>): Service {
  const url = flags.url ?? env.ECLUSE_URL;
  const keyFile = flags.apiKeyFile ?? env.ECLUSE_API_KEY_FILE;
  const apiKey = keyFile === undefined ? env.ECLUSE_API_KEY : readFileSync(keyFile, 'utf8').trim();
  if (url === undefined) throw new Error('name the service: --url or ECLUSE_URL');
  if (apiKey === undefined) throw new Error('give an API key: --api-key-file or ECLUSE_API_KEY');
  return { url, apiKey };
}

export async function ask<T>(service: Service, method: string, path: string, body?: object): Promise<T> {
  const text = await textOf(service, path, { method, ...(body === undefined ? {} : { body }) });
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export async function textOf(
  service: Service,
  path: string,
  { method = 'GET', body }: { method?: string; body?: object } = {},
): Promise<string> {
  const response = await fetch(new URL(path, service.url), {
    method,
    headers: { authorization: `Bearer ${service.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(problemText(response.status, text));
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { pointer: string; message: string; hint?: string }[];
  readonly decision?: { reasons: readonly string[] };
}

function problemText(status: number, text: string): string {
  if (!text.startsWith('{')) return `the service answered ${status}`;
  const { code, detail, errors = [], decision } = JSON.parse(text) as Problem;
  const faults = errors.map(({ pointer, message, hint }) => `${pointer}: ${message}${hint ? ` ${hint}` : ''}`);
  return [`${status} ${code ?? ''}`, detail, decision?.reasons.join(', '), ...faults].filter(Boolean).join('; ');
}
