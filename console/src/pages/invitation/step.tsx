// One step of several: its number, what it is about, and whether it is done, open, or for later.
import type { ComponentChildren } from 'preact';
import { Badge } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

export type StepState = 'done' | 'open' | 'later';

interface StepProps {
  number: number;
  title: string;
  state: StepState;
  children?: ComponentChildren;
}

export function Step({ number, title, state, children }: StepProps) {
  return (
    <section class={`card step is-${state}`}>
      <header class="card-head">
        <h2>
          <span class="step-number" aria-hidden="true">
            {state === 'done' ? '✓' : number}
          </span>{' '}
          {title}
        </h2>
        {state !== 'open' && (
          <Badge tone={state === 'done' ? 'good' : 'neutral'}>{t(`invitation.state-${state}`)}</Badge>
        )}
      </header>
      {children}
    </section>
  );
}
