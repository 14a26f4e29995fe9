// The records of processing as a page to read and to file: Markdown, with nothing that the record itself does not say.
import type { ProcessingRecord } from '../../openapi/generated/api.ts';

type Cell = string | number | boolean | null | readonly string[];

export function processingRecordText(record: ProcessingRecord): string {
  const { controller, activities, recipients, impact } = record;
  return [
    `# Records of processing of ${plain(controller.name)}`,
    `GDPR article 30(1), and facts for an assessment by article 35. Generated ${record.generated_at}; region ${controller.region}; tenant ${controller.tenant_id}.`,
    '## Activities',
    table(
      [
        'dataset',
        'purposes',
        'consent from',
        'identifiers',
        'activation ids',
        'attributes',
        'collaborations',
        'erased',
      ],
      activities.map((each) => [
        ...[each.name, each.purposes, each.consent_from, each.identifiers, each.activation_ids],
        ...[each.attributes, each.collaborations, each.expires_at],
      ]),
    ),
    '## Recipients',
    table(
      ['destination', 'kind', 'region', 'out of the region', 'purposes', 'deliveries', 'last', 'still configured'],
      recipients.map((each) => [
        ...[each.name, each.kind, each.region, each.is_transfer_out_of_region, each.purposes],
        ...[each.deliveries, each.last_delivered_at, each.is_configured],
      ]),
    ),
    '## Security measures',
    list(record.security_measures),
    '## Facts for an impact assessment',
    impactText(impact),
    '## To be added by you',
    list(record.to_be_added),
    '',
  ].join('\n\n');
}

function impactText(impact: ProcessingRecord['impact']): string {
  const { decisions, rights } = impact;
  const figures: [string, Cell][] = [
    ...Object.entries(decisions).map(([name, count]): [string, Cell] => [words(name), count]),
    ...Object.entries(rights).map(([name, count]): [string, Cell] => [words(name), count]),
    ['incidents', impact.incidents],
    ['uses of break-glass reads', impact.break_glass_uses],
    ['exports of keys', impact.keys_exported],
    ['policies of your own', impact.own_policies],
    ['policy set in force', impact.policy_set_hash],
  ];
  return [
    table(
      ['collaboration', 'status', 'members', 'identifiers', 'threshold', 'ε', 'δ', 'days', 'ends'],
      impact.collaborations.map((each) => [
        ...[each.name, each.status, each.members, each.identifiers, each.privacy_threshold],
        ...[each.epsilon, each.delta, each.period_days, each.ends_at],
      ]),
    ),
    table(['fact', 'so far'], figures),
  ].join('\n\n');
}

function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(row.map(cellText)))].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return plain(typeof cell === 'object' ? cell.join(', ') : String(cell));
}

/** What a member typed stays text: no row, link or markup of its own. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>[\]*_`#]/g, (mark) => `\\${mark}`);
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}
