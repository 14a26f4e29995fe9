// What belongs together lies on one card; a page is a heading, what it is about, and its cards.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from '../router.tsx';

interface CardProps {
  title?: string;
  /** Beside the title: a badge or a button. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

export function Card({ title, aside, children }: CardProps) {
  return (
    <section class="card">
      {title !== undefined && (
        <header class="card-head">
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

interface PageHeadProps {
  title: string;
  /** One sentence: what this page is for. */
  lead?: ComponentChildren;
  /** The page above this one. */
  up?: { to: string; label: string };
  actions?: ComponentChildren;
}

/** The page's heading: it names the document and takes the focus, so that a reader hears where one has come. */
export function PageHead({ title, lead, up, actions }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Écluse`;
  }, [title]);
  useEffect(() => {
    // A page that opens with a question to answer keeps the focus there.
    if (document.activeElement === document.body || document.activeElement?.tagName === 'A') {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <header class="page-head">
      {up !== undefined && (
        <Link to={up.to} class="page-up">
          <span aria-hidden="true">←</span> {up.label}
        </Link>
      )}
      <div class="page-head-row">
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </div>
      {lead !== undefined && <p class="lead">{lead}</p>}
    </header>
  );
}

/** Names with what they stand for. */
export function Facts({ items }: { items: readonly { name: string; value: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {items.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
