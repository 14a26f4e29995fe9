// The log's explorer: what this browser knows since its last visit, the filters of the address, and the events that fit them.
import { EVENT_NAMES } from '../../../../audit/event-names.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { place, setQuery } from '../../router.tsx';
import { EventList } from './event-list.tsx';
import { dayOf, FILTERS, type FilterName, queryOf } from './filters.ts';
import { SinceLastVisit } from './since-last-visit.tsx';

export function LogPage() {
  const query = queryOf(place.value.query);
  return (
    <div class="page">
      <PageHead
        title={t('auditLog.title')}
        lead={t('auditLog.lead')}
        actions={<Button to="/audit-log/verify">{t('auditLog.verifyNav')}</Button>}
      />
      <SinceLastVisit />
      <Card>
        <Filters />
        <EventList key={JSON.stringify(query)} query={query} />
      </Card>
    </div>
  );
}

const NAMES = Object.keys(EVENT_NAMES).toSorted();

function Filters() {
  const address = place.value.query;
  const value = (name: FilterName) => address.get(name) ?? '';
  const set = (name: FilterName) => (chosen: string) => setQuery({ [name]: chosen });
  const isFiltered = FILTERS.some((name) => address.has(name));
  return (
    <search class="filters" aria-label={t('auditLog.filters')}>
      <Select
        label={t('auditLog.event')}
        value={value('event')}
        choices={[{ value: '', label: t('auditLog.anyEvent') }, ...NAMES.map((name) => ({ value: name, label: name }))]}
        onChoose={set('event')}
      />
      <Select
        label={t('auditLog.outcome')}
        value={value('outcome')}
        choices={[
          { value: '', label: t('auditLog.anyOutcome') },
          ...(['allowed', 'denied', 'succeeded', 'failed'] as const).map((one) => ({
            value: one,
            label: t(`auditLog.outcome-${one}`),
          })),
        ]}
        onChoose={set('outcome')}
      />
      <TextField label={t('auditLog.subject')} type="search" value={value('subject')} onInput={set('subject')} />
      <TextField label={t('auditLog.actor')} type="search" value={value('actor')} onInput={set('actor')} />
      <TextField label={t('auditLog.since')} type="date" value={dayOf(address.get('since'))} onInput={set('since')} />
      <TextField label={t('auditLog.until')} type="date" value={dayOf(address.get('until'))} onInput={set('until')} />
      {isFiltered && (
        <Button
          look="quiet"
          size="small"
          onPress={() => setQuery(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        >
          {t('auditLog.clear')}
        </Button>
      )}
    </search>
  );
}
