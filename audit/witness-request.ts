// The bodies that a log and a witness exchange (c2sp.org/tlog-witness): an old size, a consistency proof, a checkpoint; and its answer.
import { AuditError } from './audit-error.ts';
import { base64Of, findDecimal } from './bytes.ts';
import { MAX_PROOF_HASHES } from './limits.ts';
import type { Hash } from './merkle.ts';
import { parseHash } from './proof.ts';

export interface AddCheckpointRequest {
  /** The size that the witness cosigned last; 0 if it never did. */
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  /** The log's signed note, verbatim. */
  readonly checkpoint: string;
}

/** What a 409 answers with: the size that the witness cosigned last. */
export const SIZE_MEDIA_TYPE = 'text/x.tlog.size';

export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpointRequest): string {
  return `${[`old ${oldSize}`, ...proof.map(base64Of)].join('\n')}\n\n${checkpoint}`;
}

/** Strict: throws `request_malformed` or `proof_malformed`. The checkpoint is only cut off here, not read. */
export function parseAddCheckpoint(body: string): AddCheckpointRequest {
  const end = body.indexOf('\n\n');
  if (end < 0) throw malformed('it has no empty line before the checkpoint');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const oldSize = first.startsWith('old ') ? findDecimal(first.slice('old '.length)) : undefined;
  if (oldSize === undefined) throw malformed('its first line is not "old <size>"');
  if (lines.length > MAX_PROOF_HASHES) throw malformed(`it has more than ${MAX_PROOF_HASHES} hashes`);
  return { oldSize, proof: lines.map(parseHash), checkpoint: body.slice(end + 2) };
}

export function parseSizeAnswer(body: string): number | undefined {
  return body.endsWith('\n') ? findDecimal(body.slice(0, -1)) : undefined;
}

function malformed(what: string): AuditError {
  return new AuditError('request_malformed', `not an add-checkpoint request: ${what}`);
}
