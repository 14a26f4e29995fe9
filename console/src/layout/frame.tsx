// What is around every page: the way to the others, who is signed in, language and theme. Nobody signed in sees the door.
import { useEffect, useState } from 'preact/hooks';
import { problemOf } from '../api/problem.ts';
import { Notice } from '../design/notice.tsx';
import { Loading, Refusal } from '../design/states.tsx';
import { t } from '../i18n/i18n.ts';
import { ROUTES } from '../pages/routes.ts';
import { matchRoute, navigate, type Page, type Params, place, type Route } from '../router.tsx';
import { hasAnyRole, session } from '../session.ts';
import { Side } from './side.tsx';

const SIGN_IN = '/sign-in';

export function Frame() {
  const { path, query } = place.value;
  const found = matchRoute(ROUTES, path);
  const isBarred = session.value === null && !found?.route.isOpen;
  useEffect(() => {
    if (!isBarred) return;
    const back = path === '/' ? '' : `?${new URLSearchParams({ back: `${path}${location.search}` })}`;
    navigate(`${SIGN_IN}${back}`, { replace: true });
  }, [isBarred, path, query]);
  if (isBarred || session.value === undefined) return <Loading />;
  if (found?.route.isOpen) return <Shown route={found.route} params={found.params} />;
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('frame.skip')}
      </a>
      <Side />
      <main id="content" tabIndex={-1}>
        {found === undefined ? <Missing /> : <Allowed route={found.route} params={found.params} />}
      </main>
    </div>
  );
}

function Allowed({ route, params }: { route: Route; params: Params }) {
  if (hasAnyRole(route.roles)) return <Shown route={route} params={params} />;
  return (
    <Notice tone="warning" title={t('frame.notYourRole')}>
      <p>{t('frame.notYourRoleHint')}</p>
    </Notice>
  );
}

function Missing() {
  return (
    <Notice tone="info" title={t('frame.missing')}>
      <p>{t('frame.missingHint')}</p>
    </Notice>
  );
}

/** A page's code is loaded when it is first shown. */
function Shown({ route, params }: { route: Route; params: Params }) {
  const [loaded, setLoaded] = useState<{ route: Route; page?: Page; cause?: unknown }>();
  useEffect(() => {
    let isCurrent = true;
    route.load().then(
      (page) => isCurrent && setLoaded({ route, page }),
      (cause: unknown) => isCurrent && setLoaded({ route, cause }),
    );
    return () => {
      isCurrent = false;
    };
  }, [route]);
  if (loaded?.route !== route) return <Loading />;
  if (loaded.page === undefined) return <Refusal problem={problemOf(loaded.cause)} onRetry={() => location.reload()} />;
  const Shape = loaded.page;
  return <Shape key={JSON.stringify(params)} params={params} />;
}
