// `npm run screenshots`: pictures of the main pages in both themes, taken of the real service with the exchange of Osec and Rando+ in it,
// into docs/screenshots/.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { activateAudience } from '../../bench/demo/activate.ts';
import { answer } from '../../bench/demo/api.ts';
import { type BrowserWorld, openBrowserWorld } from './browser-world.ts';
import { EXCHANGE_ENV, type Exchange, playExchange } from './exchange.ts';
import type { SignedInRole } from './sign-in.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const THEMES = ['light', 'dark'] as const;
const SIZE = { width: 1280, height: 880 };

interface Picture {
  readonly name: string;
  readonly path: string;
}

type Pictures = readonly [SignedInRole, readonly Picture[]];

async function picturesOf({ organisations }: BrowserWorld, { room, ...exchange }: Exchange): Promise<Pictures[]> {
  const { osec, rando } = organisations;
  const way = { osec, rando, ...room, segment: exchange.segment, seat: exchange.seat };
  const { audienceId, activationId } = await activateAudience(way);
  const { approvals } = await answer(
    'reading the activation',
    osec.analyst.api.GET('/v1/activations/{activation_id}', { params: { path: { activation_id: activationId } } }),
  );
  const segments = await answer('reading the segments', osec.analyst.api.GET('/v1/segments'));
  const own = approvals.find(({ tenant_id }) => tenant_id === osec.tenantId);
  const collaboration = `/collaborations/${room.collaborationId}`;
  return [
    [
      'analyst',
      [
        { name: 'collaborations', path: '/collaborations' },
        { name: 'collaboration', path: collaboration },
        { name: 'question', path: `${collaboration}/ask` },
        {
          name: 'segment',
          path: `/segments/new?collaboration=${room.collaborationId}&from=${segments.items[0]!.id}`,
        },
        { name: 'audience', path: `/audiences/${audienceId}` },
      ],
    ],
    ['data-engineer', [{ name: 'onboarding', path: '/onboarding' }]],
    [
      'compliance-officer',
      [
        { name: 'approval', path: own === undefined ? '/approvals' : `/approvals/${own.id}` },
        { name: 'audit-log', path: '/audit-log' },
      ],
    ],
  ];
}

async function take(world: BrowserWorld, pictures: readonly Pictures[]): Promise<void> {
  const { page } = world;
  await page.setViewportSize(SIZE);
  for (const [role, ofRole] of pictures) {
    await world.signInAs(role);
    for (const { name, path } of ofRole) {
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await world.open(path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.screenshot({ path: `${FOLDER}${name}-${theme}.png` });
        process.stdout.write(`docs/screenshots/${name}-${theme}.png\n`);
      }
    }
  }
}

mkdirSync(FOLDER, { recursive: true });
const world = await openBrowserWorld({ serviceEnv: EXCHANGE_ENV });
let exchange: Exchange | undefined;
try {
  exchange = await playExchange(world);
  await take(world, await picturesOf(world, exchange));
} finally {
  await exchange?.close();
  await world.close();
}
