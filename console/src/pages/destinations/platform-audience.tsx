// The audience of the platform that a destination fills: chosen from what is there, or made under a name.
import { useState } from 'preact/hooks';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';

interface PlatformAudienceProps {
  destinationId: string;
  onChosen: () => void;
}

export function PlatformAudience({ destinationId, onChosen }: PlatformAudienceProps) {
  const params = { path: { destination_id: destinationId } };
  const there = useResource(
    async () => (await answered(api.GET('/v1/destinations/{destination_id}/audiences', { params }))).items,
    [destinationId],
  );
  const [name, setName] = useState('');
  const choosing = useDeed(async (body: { id: string } | { name: string }) => {
    await answered(api.POST('/v1/destinations/{destination_id}/audiences', { params, body }));
    setName('');
    there.reload();
    onChosen();
  });
  return (
    <Card title={t('destinations.platformAudience')}>
      <p class="muted">{t('destinations.platformAudienceText')}</p>
      {choosing.problem !== undefined && <Refusal problem={choosing.problem} />}
      <Answered of={there}>
        {(items) => (
          <Select
            label={t('destinations.chosenAudience')}
            value={items.find(({ is_chosen }) => is_chosen)?.id ?? ''}
            placeholder={t(items.length === 0 ? 'destinations.noneThere' : 'analyses.choose')}
            disabled={choosing.busy || items.length === 0}
            choices={items.map((one) => ({ value: one.id, label: `${one.name} (${one.id})` }))}
            onChoose={(id) => choosing.run({ id })}
          />
        )}
      </Answered>
      <Form row onSubmit={() => choosing.run({ name: name.trim() })}>
        <TextField label={t('destinations.audienceName')} value={name} onInput={setName} maxLength={50} />
        <Button type="submit" busy={choosing.busy} disabled={name.trim() === ''}>
          {t('destinations.makeAudience')}
        </Button>
      </Form>
    </Card>
  );
}
