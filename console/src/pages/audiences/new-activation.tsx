// Drafts the activation of an audience: to where, and for what.
import { useState } from 'preact/hooks';
import type { Destination } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Form } from '../../design/form.tsx';
import { Select } from '../../design/select.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';

const PURPOSES = ['advertising', 'measurement', 'personalisation', 'analytics', 'email-marketing'] as const;

interface NewActivationProps {
  audienceId: string;
  destinations: readonly Destination[];
  onMade: () => void;
}

export function NewActivation({ audienceId, destinations, onMade }: NewActivationProps) {
  const [destinationId, setDestination] = useState('');
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>('advertising');
  const drafting = useDeed(async () => {
    const body = { audience_id: audienceId, destination_id: destinationId, purpose };
    await answered(api.POST('/v1/activations', { body }));
    onMade();
  });
  return (
    <Card title={t('audiences.activate')}>
      <p class="muted">{t('audiences.activateText')}</p>
      {drafting.problem !== undefined && <Refusal problem={drafting.problem} />}
      <Form row onSubmit={drafting.run}>
        <Select
          label={t('audiences.destination')}
          value={destinationId}
          placeholder={t('analyses.choose')}
          choices={destinations.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kind})` }))}
          onChoose={setDestination}
        />
        <Select
          label={t('audiences.purpose')}
          value={purpose}
          choices={PURPOSES.map((value) => ({ value, label: t(`words.purpose-${value}`) }))}
          onChoose={setPurpose}
        />
        <Button look="primary" type="submit" busy={drafting.busy} disabled={destinationId === ''}>
          {t('audiences.draft')}
        </Button>
      </Form>
    </Card>
  );
}
