// The operation of a tenant's records of processing.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { getProcessingRecord } from './processing-record.ts';
import { processingRecordText } from './processing-record-text.ts';

export function processingRecordHandlers(
  ground: Ground,
): Pick<Handlers, 'getProcessingRecord' | 'getProcessingRecordText'> {
  return {
    getProcessingRecord: (request) => getProcessingRecord(ground, tenantCaller(request).tenantId),
    getProcessingRecordText: async (request) =>
      processingRecordText(await getProcessingRecord(ground, tenantCaller(request).tenantId)),
  };
}
