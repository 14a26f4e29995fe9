// What the digests of one job are encrypted for, so that they open in that job alone.
import type { KeyName } from '../keys/key-wrapping.ts';

export function suppressionInput(tenantId: string, jobId: string): KeyName {
  return { purpose: 'suppression-input', ownerId: tenantId, objectId: jobId, version: 1 };
}
