// The terms of a collaboration in readable form, with what they give up against the strict ones.
import type { CollaborationTerms } from '../../../../openapi/generated/api.ts';
import { Card, Facts } from '../../design/card.tsx';
import { formatDay, formatList, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

export function Terms({ terms }: { terms: CollaborationTerms }) {
  const privacy = terms.privacy ?? {};
  const figures = [
    { name: t('collaborations.threshold'), value: terms.privacy_threshold },
    { name: t('collaborations.term-period'), value: privacy.period_days },
    { name: t('collaborations.term-list'), value: privacy.minimum_list_persons },
    { name: t('collaborations.term-audience'), value: privacy.minimum_audience_persons },
    { name: t('collaborations.term-noise'), value: privacy.sigma },
  ];
  return (
    <Card title={t('collaborations.terms')}>
      <Facts
        items={[
          {
            name: t('collaborations.matchedBy'),
            value: formatList(terms.identifier_types.map((type) => t(`words.identifier-${type}`))),
          },
          { name: t('collaborations.pairing'), value: t(`collaborations.cardinality-${terms.cardinality}`) },
          ...figures.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value: formatNumber(value) }])),
          {
            name: t('collaborations.endsAt'),
            value: terms.ends_at ? formatDay(terms.ends_at) : t('collaborations.noEnd'),
          },
        ]}
      />
      {(privacy.gives_up ?? []).length > 0 && (
        <details>
          <summary>{t('collaborations.givesUp')}</summary>
          <ul class="bullets">
            {privacy.gives_up!.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}
