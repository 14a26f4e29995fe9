// What a pack is about, chosen from what there is.
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Select } from '../../design/select.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

export type ThingKind = 'delivery' | 'collaboration' | 'person-request';

interface Thing {
  readonly value: string;
  readonly label: string;
}

const cursorOf = (cursor?: string) => ({ params: { query: cursor ? { cursor } : {} } });

const LISTS: Readonly<Record<ThingKind, () => Promise<Thing[]>>> = {
  delivery: async () =>
    (await everyItem((cursor) => api.GET('/v1/deliveries', cursorOf(cursor)))).map(({ id, status, created_at }) => ({
      value: id,
      label: `${formatInstant(created_at)} · ${status.replaceAll('_', ' ')} · ${id}`,
    })),
  collaboration: async () =>
    (await everyItem((cursor) => api.GET('/v1/collaborations', cursorOf(cursor)))).map(({ id, name }) => ({
      value: id,
      label: name,
    })),
  'person-request': async () =>
    (await everyItem((cursor) => api.GET('/v1/deletion-requests', cursorOf(cursor)))).map(
      ({ id, reference, received_at }) => ({ value: id, label: `${formatInstant(received_at)} · ${reference ?? id}` }),
    ),
};

export function ChosenThing({ kind, id, onChoose }: { kind: ThingKind; id: string; onChoose: (id: string) => void }) {
  const things = useResource(LISTS[kind], [kind]);
  return (
    <Answered of={things}>
      {(items) =>
        items.length === 0 ? (
          <Empty title={t(`evidence.none-${kind}`)} />
        ) : (
          <Select
            label={t(`evidence.kind-${kind}`)}
            value={id}
            placeholder={t('evidence.choose')}
            choices={items}
            onChoose={onChoose}
          />
        )
      }
    </Answered>
  );
}
