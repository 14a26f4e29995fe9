// Pages by address, on the History API. Filters live in the query, so that an address says all of what is shown.
import { signal } from '@preact/signals';
import type { ComponentChildren, FunctionComponent } from 'preact';
import type { Role } from './session.ts';

export type Params = Readonly<Record<string, string>>;
export type Page = FunctionComponent<{ params: Params }>;

export interface Route {
  readonly pattern: string;
  readonly load: () => Promise<Page>;
  /** Shown without anybody signed in. */
  readonly isOpen: boolean;
  /** Any of these; left out, everybody who is signed in. */
  readonly roles?: readonly Role[];
}

interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly hash: string;
}

/** `route('/collaborations/:collaborationId', async () => (await import('./collaboration-page.tsx')).CollaborationPage)` */
export function route(
  pattern: string,
  load: () => Promise<Page>,
  options: { isOpen?: boolean; roles?: readonly Role[] } = {},
): Route {
  return { pattern, load, isOpen: false, ...options };
}

export function matchRoute(routes: readonly Route[], path: string): { route: Route; params: Params } | undefined {
  for (const one of routes) {
    const params = matchPattern(one.pattern, path);
    if (params !== undefined) return { route: one, params };
  }
  return undefined;
}

function matchPattern(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/');
  const given = path.replace(/(.)\/$/, '$1').split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}

const here = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
  hash: location.hash,
});

export const place = signal<Place>(here());

export function startRouter(): void {
  addEventListener('popstate', () => {
    place.value = here();
  });
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  const before = place.value.path;
  place.value = here();
  if (place.value.path !== before) scrollTo(0, 0);
}

/** Puts filters into the address without a new entry of the history; undefined or '' takes one out. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(`${place.value.path}${text === '' ? '' : `?${text}`}${place.value.hash}`, { replace: true });
}

interface LinkProps {
  to: string;
  class?: string;
  'aria-current'?: 'page' | undefined;
  onFollow?: () => void;
  children: ComponentChildren;
}

/** A link within the console. Opened in a new tab it is a link like any other. */
export function Link({ to, onFollow, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onFollow?.();
    navigate(to);
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
