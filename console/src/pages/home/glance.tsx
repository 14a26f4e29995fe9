// One thing to look at first: how many of something there are, what they are, and the way to them.
import type { ComponentChildren } from 'preact';
import { useResource } from '../../api/resource.ts';
import { Card } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { Link } from '../../router.tsx';

export interface GlanceAnswer {
  readonly count: number;
  /** What the number counts, with its plural. */
  readonly label: string;
  /** What is most urgent among them. */
  readonly note?: ComponentChildren;
}

interface GlanceProps {
  title: string;
  /** The page that shows them. */
  to: string;
  read: () => Promise<GlanceAnswer>;
}

export function Glance({ title, to, read }: GlanceProps) {
  const answer = useResource(read, []);
  return (
    <Card title={title}>
      <Answered of={answer}>
        {({ count, label, note }) => (
          <>
            <p class="big-figure">
              <span class="big-value">{formatNumber(count)}</span>
              <Link to={to}>{label}</Link>
            </p>
            {note !== undefined && <p class="muted">{note}</p>}
          </>
        )}
      </Answered>
    </Card>
  );
}
