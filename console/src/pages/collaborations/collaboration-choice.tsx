// The collaboration that a list is about: chosen once, kept in the address, the first one where none was.
import type { ComponentChildren } from 'preact';
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Select } from '../../design/select.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { place, setQuery } from '../../router.tsx';

export function useChoice(): { chosen: string | undefined; field: ComponentChildren } {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/collaborations', { params: { query: pageFrom(cursor) } })),
    [],
  );
  const known = all.state === 'ready' ? all.value : [];
  const chosen = place.value.query.get('collaboration') ?? known[0]?.id;
  const field = (
    <Answered of={all}>
      {(items) =>
        items.length === 0 ? (
          <Empty title={t('collaborations.empty')}>{t('collaborations.emptyText')}</Empty>
        ) : (
          <div class="form">
            <Select
              label={t('collaborations.one')}
              value={chosen ?? ''}
              choices={items.map(({ id, name }) => ({ value: id, label: name }))}
              onChoose={(collaboration) => setQuery({ collaboration })}
            />
          </div>
        )
      }
    </Answered>
  );
  return { chosen, field };
}
