// The second step, done in the same pass as the load: each digest is re-keyed under the tenant's key as it is read,
// and is stored nowhere. What it is re-keyed into can be compared inside one tenant alone.
import { columnsOf } from './kernel/column-set.ts';
import type { RejectFile } from './kernel/reject-file.ts';
import { type IntakeOptions, RowIntake } from './kernel/row-intake.ts';
import { LOAD_LIMITS } from './limits.ts';
import type { LoadRequest } from './load-request.ts';

export function beginAnonymising(
  request: LoadRequest,
  rejects: RejectFile,
  purpose: IntakeOptions['purpose'],
): RowIntake {
  const { maxRows } = { ...LOAD_LIMITS, ...request.limits };
  return new RowIntake(columnsOf(request.schema), { tenantKey: request.tenantKey, rejects, maxRows, purpose });
}
