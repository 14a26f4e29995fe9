// What a connector kept back because a person is known not to agree to a field of its platform. Out of a collaboration the exact
// number tells of a partner's persons, one of them at the least, so that nobody is shown it.
import { addCounts, type Counts, type DeliveryReport } from '../../connectors/kit/report.ts';

/** The codes by which connectors count them. */
const WITHHELD: readonly string[] = ['consent_denied', 'consent_missing'];

export function withoutWithheld(codes: Counts): Counts {
  return Object.fromEntries(Object.entries(codes).filter(([code]) => !WITHHELD.includes(code)));
}

/** A delivery that kept back such persons and lost nobody else is told as one that kept back nobody. */
export function reportWithoutWithheld(report: DeliveryReport): DeliveryReport {
  const rejectedByPlatform = withoutWithheld(report.rejectedByPlatform);
  const lost = Object.keys(addCounts(report.invalid, rejectedByPlatform)).length + report.batchesFailed;
  const isWhole = lost === 0 && report.failure === undefined;
  return { ...report, rejectedByPlatform, status: isWhole ? 'delivered' : report.status };
}
