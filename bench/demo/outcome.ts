// What the demo found out, in the shape that --json prints.
import type { Delivery } from '../../openapi/generated/api.ts';
import type { ChamberCounts } from './chamber.ts';
import type { Conversion } from './conversion.ts';
import type { Figures, ProfileLine } from './figures.ts';

export interface LoadOutcomeCounts {
  received: number;
  accepted: number;
  rejected: Record<string, number>;
}

export interface DemoOutcome {
  load: Record<string, LoadOutcomeCounts>;
  match: { left: number; right: number; matched: number; byIdentifier: Record<string, number> };
  truth: { matched: number };
  release: {
    overlap: number | string;
    /** 95 %. */
    interval: { low: number; high: number } | null;
    profile: readonly ProfileLine[];
    conversion: Conversion;
  };
  audience: { matched: number; consented: number; delivered: number; refused: Record<string, number> };
  delivery: { status: string; phase: string; added: number; removed: number };
  audit: { events: number; checkpointSize: number; verified: boolean };
  seconds: number;
}

export interface Found {
  readonly prepared: { readonly exchange: { readonly truth: { readonly matched: number } } };
  readonly crm: { readonly load: LoadOutcomeCounts };
  readonly visitors: { readonly load: LoadOutcomeCounts };
  readonly room: Pick<Figures, 'overlap' | 'interval' | 'profile'>;
  readonly conversion: Conversion;
  readonly activated: { readonly delivery: Delivery };
  readonly chamber: ChamberCounts;
  readonly proofs: { readonly checkpointSize: number };
  readonly verified: boolean;
  readonly seconds: number;
}

export function outcomeOf(found: Found): DemoOutcome {
  const { chamber, activated, room } = found;
  const { report, status, phase } = activated.delivery;
  const { left, right, matched, byIdentifier } = chamber;
  const sent = report?.sent ?? { added: 0, removed: 0 };
  return {
    load: { osec: countsOf(found.crm.load), rando: countsOf(found.visitors.load) },
    match: { left, right, matched, byIdentifier },
    truth: { matched: found.prepared.exchange.truth.matched },
    release: {
      overlap: 'value' in room.overlap ? room.overlap.value : `fewer than ${room.overlap.fewer_than}`,
      interval: room.interval,
      profile: room.profile,
      conversion: found.conversion,
    },
    audience: chamber.audience,
    delivery: { status, phase, ...sent },
    audit: { events: chamber.events, checkpointSize: found.proofs.checkpointSize, verified: found.verified },
    seconds: Number(found.seconds.toFixed(2)),
  };
}

function countsOf({ received, accepted, rejected }: LoadOutcomeCounts): LoadOutcomeCounts {
  return { received, accepted, rejected };
}
