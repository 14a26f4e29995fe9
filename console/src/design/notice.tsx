// Something to know before going on, in one of four tones; and the small marks of a state.
import type { ComponentChildren } from 'preact';

export type Tone = 'neutral' | 'info' | 'good' | 'warning' | 'danger';

interface NoticeProps {
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
}

/** Read aloud when it appears; a danger at once. */
export function Notice({ tone = 'info', title, children }: NoticeProps) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {title !== undefined && <p class="notice-title">{title}</p>}
      {children}
    </div>
  );
}

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge tone-${tone}`}>{children}</span>;
}
