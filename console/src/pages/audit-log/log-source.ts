// What the audit log hands to everyone beside the contract: the newest checkpoint and consistency proofs, as C2SP writes them.
import type { LogKey } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import type { NotePair } from './kept-checkpoint.ts';

/** Undefined before the first one was signed. Throws ApiProblem. */
export async function findCheckpoint(): Promise<string | undefined> {
  const response = await fetch('/checkpoint', { credentials: 'same-origin' });
  return response.status === 404 ? undefined : textOf(response);
}

/** The base64 lines. Throws ApiProblem. */
export async function readConsistency({ oldSize, newSize }: NotePair): Promise<string[]> {
  const text = await textOf(await fetch(`/consistency/${oldSize}/${newSize}`, { credentials: 'same-origin' }));
  return text.split('\n').filter((line) => line !== '');
}

export function readLogKey(): Promise<LogKey> {
  return answered(api.GET('/v1/audit/key'));
}

/** Every key under which the log has signed. */
export function keysOf({ verifier_key, earlier_keys }: LogKey): string[] {
  return [...earlier_keys, verifier_key];
}

async function textOf(response: Response): Promise<string> {
  if (response.ok) return response.text();
  const { status, statusText } = response;
  throw new ApiProblem({ type: 'about:blank', title: statusText, status, code: 'unexpected', request_id: '' });
}
