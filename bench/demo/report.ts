// The report that a person reads: three waterfalls with the reason of every loss, what was released, and where the proofs lie.
import type { Cell } from '../../openapi/generated/api.ts';
import type { Palette } from './colours.ts';
import type { Conversion } from './conversion.ts';
import type { ProfileLine } from './figures.ts';
import type { DemoOutcome } from './outcome.ts';
import { count, type Drop, waterfall } from './waterfall.ts';

export interface ReportFacts {
  readonly outcome: DemoOutcome;
  /** Rows in the partner's own file, by organisation, and why some never left it. */
  readonly files: Record<string, { rows: number; kept: Record<string, number>; persons: number }>;
  readonly overlap: Cell;
  /** 95 %. */
  readonly interval: { low: number; high: number } | null;
  readonly matchRate: string | null;
  readonly profile: readonly ProfileLine[];
  readonly conversion: Conversion;
  readonly segment: { text: string; description: string };
  readonly proofsFolder: string;
  readonly proofs: readonly { readonly name: string; readonly proves: string }[];
  readonly verifyCommand: string;
  readonly dataFolder?: string | undefined;
}

const REASONS: Record<string, string> = {
  no_identifier: 'no usable email or phone',
  record_id_duplicate: 'the same customer number again',
  record_id_missing: 'no customer number',
  attribute_invalid: 'a value its column does not allow',
  consent_invalid: 'a consent nobody can read',
  consent_missing: 'never asked, or said no',
  consent_purpose: 'agreed, but not to advertising',
  consent_destination: 'agreed, but not to Xandr',
  consent_expired: 'the consent has expired',
  suppressed: 'on a suppression list',
  erased: 'erased on demand',
  activation_id_missing: 'no Xandr id to reach them by',
};

export function reportLines(facts: ReportFacts, palette: Palette): string[] {
  const { outcome } = facts;
  const scale = Math.max(...Object.values(facts.files).map(({ rows }) => rows));
  const rule = palette.dim('─'.repeat(82));
  const title = `  ${palette.bold('ÉCLUSE')}  an offline customer file, end to end`;
  return [
    '',
    `${title}${palette.dim(`${outcome.seconds.toFixed(1)} s`.padStart(82 - 46))}`,
    rule,
    ...Object.keys(facts.files).flatMap((name) => fileSection(facts, name, { scale, palette })),
    ...matchSection(facts, palette),
    ...conversionSection(facts, palette),
    ...audienceSection(facts, palette),
    ...proofSection(facts, palette),
    rule,
    '',
  ];
}

function fileSection(facts: ReportFacts, name: string, drawing: { scale: number; palette: Palette }): string[] {
  const file = facts.files[name]!;
  const load = facts.outcome.load[name]!;
  const drops: Drop[] = [
    { kind: 'level', label: 'rows in the file', count: file.rows },
    ...losses(file.kept),
    { kind: 'level', label: 'received as digests', count: load.received },
    ...losses(load.rejected),
    { kind: 'level', label: 'accepted', count: load.accepted },
    { kind: 'level', label: 'persons', count: file.persons },
  ];
  return [
    heading(name === 'osec' ? 'Osec’s customers' : 'Rando+’s visitors', drawing.palette),
    ...waterfall(drops, drawing),
    '',
  ];
}

function matchSection(facts: ReportFacts, palette: Palette): string[] {
  const { outcome, overlap, interval, matchRate } = facts;
  const { match, truth } = outcome;
  const by = Object.entries(match.byIdentifier).map(([type, pairs]) => `${count(pairs).trim()} by ${type}`);
  const agree = match.matched === truth.matched;
  const verdict = agree ? palette.good('✓ exactly the true pairs') : palette.loss(`✗ the truth is ${truth.matched}`);
  const figure = 'value' in overlap ? `≈ ${count(overlap.value).trim()}` : `< ${overlap.fewer_than}`;
  const between = interval
    ? `, ${count(interval.low).trim()} to ${count(interval.high).trim()} in 19 of 20 answers`
    : '';
  const rate = matchRate ? `, ${matchRate} of Osec’s persons` : '';
  return [
    heading('In the chamber', palette),
    `  ${palette.bold('matched persons'.padEnd(37))}${count(match.matched)}  ${palette.dim(by.join(', '))}`,
    `  ${''.padEnd(45)}  ${verdict}`,
    `  ${palette.bold('what may leave of it'.padEnd(37))}${palette.bold(figure.padStart(8))}  ${palette.dim(`with noise${between}${rate}`)}`,
    ...profileLines(facts, palette),
    '',
  ];
}

function profileLines({ profile }: ReportFacts, palette: Palette): string[] {
  return profile.map(({ label, figure, index }) => {
    const against = index === null ? '' : palette.dim(`index ${index} against those not matched`);
    return `  ${palette.dim(`  loyalty card: ${label}`.padEnd(37))}${figure.padStart(8)}  ${against}`;
  });
}

function audienceSection({ outcome, segment }: ReportFacts, palette: Palette): string[] {
  const { audience, delivery } = outcome;
  const drops: Drop[] = [
    { kind: 'level', label: 'matched persons in the segment', count: audience.matched },
    ...losses(audience.refused),
    { kind: 'level', label: 'delivered to Xandr', count: audience.delivered },
  ];
  const end = `${delivery.status}, platform phase “${delivery.phase}”, ${delivery.added} added, ${delivery.removed} removed`;
  return [
    heading('The audience', palette),
    `  ${palette.dim(segment.text)}`,
    `  ${palette.dim(segment.description)}`,
    ...waterfall(drops, { scale: Math.max(audience.matched, 1), palette }),
    `  ${delivery.status === 'delivered' ? palette.good('✓') : palette.loss('!')} ${end}`,
    '',
  ];
}

function conversionSection({ conversion }: ReportFacts, palette: Palette): string[] {
  const { rates, revenue, cost, budgetLeft, question } = conversion;
  const rows = rates.map(({ exposed, rate, interval }) => {
    const between = interval === null ? '' : palette.dim(`${interval.low} to ${interval.high} % in 19 of 20 answers`);
    const who = exposed ? 'saw an advertisement and bought' : 'saw none and bought';
    return `  ${palette.bold(who.padEnd(37))}${(rate ?? 'too few').padStart(8)}  ${between}`;
  });
  const spent =
    revenue.value === null || revenue.interval === null
      ? []
      : [
          `  ${palette.dim('  revenue of those who saw one'.padEnd(37))}${`≈ ${count(revenue.value).trim()}`.padStart(8)}  ${palette.dim(`${count(revenue.interval.low).trim()} to ${count(revenue.interval.high).trim()}`)}`,
        ];
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const left = `it cost ${percent(cost)} of the privacy budget of 30 days; ${percent(budgetLeft)} is left, and asking again costs nothing`;
  return [
    heading('Did the advertisements work', palette),
    `  ${palette.dim(question)}`,
    ...rows,
    ...spent,
    `  ${palette.dim(left)}`,
    '',
  ];
}

function proofSection(facts: ReportFacts, palette: Palette): string[] {
  const { audit } = facts.outcome;
  const verdict = audit.verified ? palette.good('✓ verified offline') : palette.loss('✗ not verified');
  return [
    heading('The proofs', palette),
    `  ${count(audit.events).trim()} events in the log, the last checkpoint covers ${count(audit.checkpointSize).trim()}   ${verdict}`,
    `  They are in ${palette.bold(facts.proofsFolder)}`,
    ...facts.proofs.map(({ name, proves }) => `    ${name.padEnd(27)}${palette.dim(proves)}`),
    `  ${palette.dim(`check them yourself:  ${facts.verifyCommand}`)}`,
    ...(facts.dataFolder ? [`  the service’s data are kept in ${facts.dataFolder}`] : []),
  ];
}

function losses(byReason: Record<string, number>): Drop[] {
  return Object.entries(byReason)
    .filter(([, lost]) => lost > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, lost]) => ({ kind: 'loss', label: REASONS[reason] ?? reason.replaceAll('_', ' '), count: lost }));
}

function heading(text: string, palette: Palette): string {
  return palette.bold(palette.water(` ${text}`));
}
