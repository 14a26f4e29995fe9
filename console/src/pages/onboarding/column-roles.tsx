// Each column with what it seems to be, how sure that is, and some of its values for its owner to look at.
import { Card } from '../../design/card.tsx';
import { Badge, type Tone } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { type Column, Table } from '../../design/table.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import type { FirstLook } from '../../onboarding/first-look.ts';
import type { Confidence, RoleGuess } from '../../onboarding/guess-roles.ts';
import { ROLE_WORDS, wordOfRole } from '../../onboarding/role-choices.ts';

interface ColumnRolesProps {
  look: FirstLook;
  guesses: readonly RoleGuess[];
  chosen: Readonly<Record<string, string>>;
  onChoose: (column: string, word: string) => void;
}

const TONES: Readonly<Record<Confidence, Tone>> = { sure: 'good', likely: 'info', unsure: 'warning' };
const EXAMPLES = 3;

export function ColumnRoles({ look, guesses, chosen, onChoose }: ColumnRolesProps) {
  const columns: Column<RoleGuess>[] = [
    { key: 'column', title: t('onboarding.column'), isHead: true, cell: ({ column }) => column },
    {
      key: 'role',
      title: t('onboarding.role'),
      cell: ({ column, role }) => (
        <Select
          label={t('onboarding.roleOf', { column })}
          isLabelHidden
          value={chosen[column] ?? wordOfRole(role)}
          choices={ROLE_WORDS.map((value) => ({ value, label: findMessage(`onboarding.role-${value}`) ?? value }))}
          onChoose={(word) => onChoose(column, word)}
        />
      ),
    },
    {
      key: 'confidence',
      title: t('onboarding.confidence'),
      cell: (guess) => (chosen[guess.column] === undefined ? <Guess guess={guess} /> : t('onboarding.chosen')),
    },
    {
      key: 'examples',
      title: t('onboarding.examples'),
      cell: ({ column }) => <span class="muted">{examplesOf(look, column)}</span>,
    },
  ];
  return (
    <Card title={t('onboarding.columnsTitle')}>
      <p class="muted">{t('onboarding.columnsLead')}</p>
      <Table caption={t('onboarding.columnsTitle')} columns={columns} rows={guesses} rowKey={({ column }) => column} />
    </Card>
  );
}

function Guess({ guess: { confidence, because } }: { guess: RoleGuess }) {
  return (
    <>
      <Badge tone={TONES[confidence]}>{t(`onboarding.confidence-${confidence}`)}</Badge>{' '}
      <span class="muted">{t(`onboarding.because-${because}`)}</span>
    </>
  );
}

function examplesOf({ header, rows }: FirstLook, column: string): string {
  const index = header.indexOf(column);
  const values = rows.map((row) => row[index]?.trim() ?? '').filter((value) => value !== '');
  return [...new Set(values)]
    .slice(0, EXAMPLES)
    .map((value) => (value.length > 40 ? `${value.slice(0, 39)}…` : value))
    .join(' · ');
}
