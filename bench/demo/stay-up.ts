// After the story: the service once more on what it left, with a one-time link for each of the people in it, until somebody ends it.
import { spawn } from 'node:child_process';
import { ensureConsole } from '../../console/build.ts';
import type { Member } from '../../openapi/generated/api.ts';
import { type Actor, actorOf, answer } from './api.ts';
import type { Palette } from './colours.ts';
import { type Service, startService } from './service.ts';
import type { Ending, Tell } from './story.ts';
import type { Organisation } from './tenants.ts';

let staying = false;

/** Ending it is then no failure. */
export function isStayingUp(): boolean {
  return staying;
}

export interface PersonLink {
  readonly who: string;
  readonly does: string;
  /** Sets a password, once. */
  readonly url: string;
}

/** Never returns: whoever started the demo ends it. */
export async function stayUp(
  ending: Ending,
  options: { readonly open: boolean; readonly json: boolean; readonly tell: Tell; readonly palette: Palette },
): Promise<never> {
  options.tell('building the console if it is missing or old');
  await ensureConsole();
  options.tell('starting the service again on what it left');
  const service = await startService(ending.folder, { ...ending.grounds, isSetUp: true });
  const links = await linksOf(service, ending);
  const lines = linkLines(service, links, options.palette).join('\n');
  (options.json ? process.stderr : process.stdout).write(`${lines}\n`);
  if (options.open) openInBrowser(links.find(({ who }) => who === 'Osec analyst')?.url ?? service.url);
  staying = true;
  return new Promise<never>(() => undefined);
}

async function linksOf(service: Service, { operator, osec, rando }: Ending): Promise<PersonLink[]> {
  const osecLinks = await linksOfOrganisation(service, osec, [
    ['data-engineer', 'loads the customer file'],
    ['analyst', 'matches, asks, builds audiences'],
    ['compliance-officer', 'approves what leaves, reads the log'],
  ]);
  const randoLinks = await linksOfOrganisation(service, rando, [
    ['analyst', 'the partner: sees the same room from the other side'],
    ['compliance-officer', 'approves for the partner'],
  ]);
  return [await operatorLink(service, operator), ...osecLinks, ...randoLinks];
}

async function operatorLink(service: Service, { secret }: Actor): Promise<PersonLink> {
  const { api, name } = actorOf(service, { name: 'operator', secret });
  const { signed_in } = await answer('who the operator is', api.GET('/v1/session'));
  const params = { path: { member_id: signed_in?.member.id ?? '' } };
  const { url } = await answer('a link', api.POST('/v1/operators/{member_id}/welcome-link', { params }));
  return { who: name, does: 'looks after the service, and sees no tenant’s data', url };
}

async function linksOfOrganisation(
  service: Service,
  { name, admin }: Organisation,
  roles: readonly (readonly [Member['roles'][number], string])[],
): Promise<PersonLink[]> {
  const { api } = actorOf(service, admin);
  const { items } = await answer(`who works at ${name}`, api.GET('/v1/members'));
  return Promise.all(
    roles.map(async ([role, does]) => {
      const member = items.find(({ roles: own }) => own.includes(role));
      const params = { path: { member_id: member?.id ?? '' } };
      const { url } = await answer('a link', api.POST('/v1/members/{member_id}/welcome-link', { params }));
      return { who: member?.name ?? role, does, url };
    }),
  );
}

function linkLines(service: Service, links: readonly PersonLink[], palette: Palette): string[] {
  const width = Math.max(...links.map(({ who }) => who.length)) + 2;
  return [
    '',
    palette.bold(palette.water(` The console is at ${service.url}/`)),
    '  Each link signs in one person of the story, once: choose a password, and sign in with it from then on.',
    '',
    ...links.flatMap(({ who, does, url }) => [
      `  ${palette.bold(who.padEnd(width))}${palette.dim(does)}`,
      `    ${url}`,
    ]),
    '',
    '  Ctrl-C ends the service.',
  ];
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Where there is nothing to open a browser with, the links are printed all the same. */
function openInBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => process.stderr.write(`  There is no ${program} here: open a link yourself.\n`));
  child.unref();
}
