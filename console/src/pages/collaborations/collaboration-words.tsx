// How collaborations are named wherever they appear: their state, and their members by their names in it.
import type { Collaboration } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';
import { session } from '../../session.ts';

const TONES: Readonly<Record<Collaboration['status'], Tone>> = {
  draft: 'neutral',
  invited: 'warning',
  active: 'good',
  ended: 'neutral',
};

export function CollaborationBadge({ status }: { status: Collaboration['status'] }) {
  return <Badge tone={TONES[status]}>{t(`words.collaboration-${status}`)}</Badge>;
}

export function memberNames({ members }: Collaboration): string {
  const own = session.value?.tenant?.id;
  return members
    .map(({ alias, tenant_id }) => (tenant_id === own ? `${alias} (${t('collaborations.you')})` : alias))
    .join(', ');
}
