// How audiences, activations and deliveries are named wherever they appear.
import type { Activation, Audience, Cell, Delivery } from '../../../../openapi/generated/api.ts';
import { figureOfCount, figureText } from '../../charts/figure.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

const AUDIENCE: Readonly<Record<Audience['status'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  ready: 'good',
  failed: 'danger',
  expired: 'neutral',
};

const ACTIVATION: Readonly<Record<Activation['status'], Tone>> = {
  draft: 'neutral',
  awaiting_approval: 'warning',
  approved: 'good',
  refused: 'danger',
  withdrawn: 'neutral',
};

const DELIVERY: Readonly<Record<Delivery['status'], Tone>> = {
  awaiting_approval: 'warning',
  queued: 'neutral',
  running: 'info',
  delivered: 'good',
  partially_delivered: 'warning',
  refused: 'warning',
  failed: 'danger',
};

export function AudienceBadge({ status }: { status: Audience['status'] }) {
  return <Badge tone={AUDIENCE[status]}>{t(`audiences.status-${status}`)}</Badge>;
}

export function ActivationBadge({ status }: { status: Activation['status'] }) {
  return <Badge tone={ACTIVATION[status]}>{t(`audiences.activation-${status}`)}</Badge>;
}

export function DeliveryBadge({ status }: { status: Delivery['status'] }) {
  return <Badge tone={DELIVERY[status] ?? 'neutral'}>{t(`audiences.delivery-${status}`)}</Badge>;
}

export function sizeText({ size }: Pick<Audience, 'size'>): string {
  return size === null ? '' : countText(size);
}

export function countText(cell: Cell): string {
  return figureText(figureOfCount(cell));
}
