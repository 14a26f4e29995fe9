// What is asked of the log, as it stands in the address: the same address shows the same question to everybody.
import type { operations } from '../../../../openapi/generated/api.ts';

export const FILTERS = ['event', 'outcome', 'subject', 'actor', 'since', 'until'] as const;
export type FilterName = (typeof FILTERS)[number];

type Query = NonNullable<operations['listAuditEvents']['parameters']['query']>;

const OUTCOMES = ['allowed', 'denied', 'succeeded', 'failed'] as const;

/** As the contract wants it; what is no outcome or no time is left out. */
export function queryOf(address: URLSearchParams): Query {
  const text = (name: FilterName) => address.get(name)?.trim() || undefined;
  const outcome = OUTCOMES.find((one) => one === text('outcome'));
  const [since, until] = [instantOf(text('since')), instantOf(text('until'))];
  const [event, subject, actor] = [text('event'), text('subject'), text('actor')];
  return {
    ...(event === undefined ? {} : { event }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(subject === undefined ? {} : { subject_id: subject }),
    ...(actor === undefined ? {} : { actor_id: actor }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** A day begins at the reader's own midnight. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** The day that a date field shows for what stands in the address. */
export function dayOf(text: string | null): string {
  const instant = instantOf(text ?? undefined);
  if (instant === undefined) return '';
  const time = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
