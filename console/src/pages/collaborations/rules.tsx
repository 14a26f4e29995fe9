// What the members agreed on, and what each contributor allows with its data, in sentences; the matches made so far, and a new one.
import { useState } from 'preact/hooks';
import type { Contribution } from '../../../../openapi/generated/api.ts';
import { type Chamber, matchName } from '../../api/chamber.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { Empty, Refusal } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant, formatList, formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { Terms } from './terms.tsx';

export function Rules({ chamber, onChange }: { chamber: Chamber; onChange: () => void }) {
  const { collaboration, contributions } = chamber;
  return (
    <>
      <Terms terms={collaboration.terms} />
      {contributions.length === 0 && (
        <Empty title={t('collaborations.noContribution')}>{t('collaborations.noContributionText')}</Empty>
      )}
      <div class="cards">
        {contributions.map((contribution) => (
          <Rule key={contribution.id} contribution={contribution} />
        ))}
      </div>
      <Matches chamber={chamber} onChange={onChange} />
    </>
  );
}

function Rule({ contribution }: { contribution: Contribution }) {
  const { alias, rule, status } = contribution;
  const { activation } = rule;
  return (
    <Card
      title={alias}
      aside={<Badge tone={status === 'ready' ? 'good' : 'neutral'}>{t(`collaborations.contribution-${status}`)}</Badge>}
    >
      <Facts
        items={[
          {
            name: t('collaborations.mayAsk'),
            value: listOr(rule.allowed_analyses.map((one) => t(`words.analysis-${one}`))),
          },
          { name: t('collaborations.mayFilter'), value: listOr(rule.filter_attributes) },
          { name: t('collaborations.mayBreak'), value: listOr(rule.breakdown_attributes) },
          { name: t('collaborations.threshold'), value: formatNumber(rule.privacy_threshold) },
          {
            name: t('collaborations.mayActivate'),
            value: activation.allowed
              ? t('collaborations.activates', {
                  destinations: listOr(activation.destinations),
                  purposes: listOr(activation.purposes.map((one) => findMessage(`words.purpose-${one}`) ?? one)),
                })
              : t('collaborations.activatesNot'),
          },
          { name: t('collaborations.approval'), value: t(`collaborations.approval-${activation.approval}`) },
        ]}
      />
    </Card>
  );
}

function listOr(items: readonly string[]): string {
  return items.length === 0 ? t('collaborations.nothing') : formatList(items);
}

function Matches({ chamber, onChange }: { chamber: Chamber; onChange: () => void }) {
  return (
    <Card title={t('collaborations.matches')}>
      {chamber.matches.length > 0 && (
        <Table
          caption={t('collaborations.matches')}
          rows={chamber.matches}
          rowKey={({ id }) => id}
          columns={[
            { key: 'name', title: t('collaborations.match'), isHead: true, cell: (match) => matchName(chamber, match) },
            {
              key: 'status',
              title: t('collaborations.status'),
              cell: ({ status }) => t(`collaborations.match-${status}`),
            },
            {
              key: 'at',
              title: t('collaborations.since'),
              cell: ({ matched_at }) => (matched_at === null ? '' : formatInstant(matched_at)),
            },
          ]}
        />
      )}
      {hasAnyRole(['analyst']) && chamber.collaboration.status === 'active' && (
        <NewMatch chamber={chamber} onChange={onChange} />
      )}
    </Card>
  );
}

function NewMatch({ chamber, onChange }: { chamber: Chamber; onChange: () => void }) {
  const ready = chamber.contributions.filter(({ status }) => status === 'ready');
  const [left, setLeft] = useState(ready[0]?.id ?? '');
  const [right, setRight] = useState(ready.find(({ tenant_id }) => tenant_id !== ready[0]?.tenant_id)?.id ?? '');
  const matching = useDeed(async () => {
    const params = { path: { collaboration_id: chamber.collaboration.id } };
    const body = { left_contribution_id: left, right_contribution_id: right };
    await answered(api.POST('/v1/collaborations/{collaboration_id}/matches', { params, body }));
    onChange();
  });
  if (ready.length < 2) return null;
  const choices = ready.map(({ id, alias }) => ({ value: id, label: alias }));
  return (
    <>
      {matching.problem !== undefined && <Refusal problem={matching.problem} />}
      <div class="form-row">
        <Select label={t('collaborations.side-left')} value={left} choices={choices} onChoose={setLeft} />
        <Select label={t('collaborations.side-right')} value={right} choices={choices} onChoose={setRight} />
        <Button busy={matching.busy} disabled={left === right} onPress={matching.run}>
          {t('collaborations.matchNow')}
        </Button>
      </div>
    </>
  );
}
