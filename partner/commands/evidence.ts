// `evidence`: an evidence pack of the own tenant, as a ZIP that verifies offline.
import type { EvidenceRequest } from '../../openapi/generated/api.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { openAtomicFile } from '../hashing/atomic-file.ts';
import { EXPORT_TIMEOUT_MS } from '../limits.ts';
import { megabytes } from '../progress.ts';
import { apiKeyOf, type ServiceFlags, serviceUrlOf } from '../service-access.ts';
import type { CommandResult, Terminal } from '../terminal.ts';
import { openService, refusalOf } from '../upload/service-client.ts';
import { instantOf } from './audit.ts';

export interface EvidenceOptions extends ServiceFlags {
  readonly delivery?: string;
  readonly collaboration?: string;
  readonly request?: string;
  readonly since?: string;
  readonly until?: string;
  readonly output: string;
}

export async function evidenceCommand(options: EvidenceOptions, terminal: Terminal): Promise<CommandResult> {
  const body = requestOf(options);
  const serviceUrl = serviceUrlOf(options, terminal);
  const access = { serviceUrl, apiKey: await apiKeyOf(options, terminal), signal: terminal.signal };
  const service = openService({ ...access, timeoutMs: EXPORT_TIMEOUT_MS });
  const { data, error, response } = await service.POST('/v1/evidence-packs', { body, parseAs: 'arrayBuffer' });
  if (data === undefined) throw refusalOf(response.status, error);
  const bytes = new Uint8Array(data);
  const output = await openAtomicFile(options.output);
  try {
    await output.write(bytes);
    await output.commit();
  } catch (cause) {
    await output.discard();
    throw cause;
  }
  const text = [
    `${options.output}: ${megabytes(bytes.length)}`,
    `verify it with a program of a pack that you trust: node verify.mjs ${options.output}, or python3 verify.py ${options.output}`,
  ].join('\n');
  return { result: { file: options.output, bytes: bytes.length }, text, exitCode: EXIT.ok };
}

function requestOf({ delivery, collaboration, request, since, until }: EvidenceOptions): EvidenceRequest {
  const asked: EvidenceRequest[] = [];
  if (delivery !== undefined) asked.push({ kind: 'delivery', delivery_id: delivery });
  if (collaboration !== undefined) asked.push({ kind: 'collaboration', collaboration_id: collaboration });
  if (request !== undefined) asked.push({ kind: 'person-request', deletion_request_id: request });
  const [from, to] = [instantOf(since), instantOf(until)];
  if (from !== undefined && to !== undefined) asked.push({ kind: 'period', since: from, until: to });
  const [only] = asked;
  if (only === undefined || asked.length > 1 || (from === undefined) !== (to === undefined))
    throw new CommandError('usage', 'name one: --delivery, --collaboration, --request, or --since with --until');
  return only;
}
