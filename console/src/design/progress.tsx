// How far something has come: a bar with its share, or a moving one where the end is not known.
import { formatShare } from '../i18n/formats.ts';

interface ProgressProps {
  label: string;
  /** 0..1; left out, it is under way and nobody knows how far. */
  share?: number | undefined;
  /** Beside the label: speed or time left. */
  note?: string | undefined;
}

export function Progress({ label, share, note }: ProgressProps) {
  return (
    <div class="progress">
      <div class="progress-head">
        <span>{label}</span>
        <span class="muted">
          {[share === undefined ? '' : formatShare(share), note ?? ''].filter(Boolean).join(' · ')}
        </span>
      </div>
      {share === undefined ? <progress aria-label={label} /> : <progress aria-label={label} value={share} max={1} />}
    </div>
  );
}

interface MeterProps {
  label: string;
  /** What is left, 0..1. */
  share: number;
}

/** What is left of something that runs out. */
export function Meter({ label, share }: MeterProps) {
  return <meter class="meter" aria-label={label} value={share} min={0} max={1} low={0.15} high={0.4} optimum={1} />;
}
