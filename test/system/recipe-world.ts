// The world in which the recipes run: a service, two organisations whose files are loaded and matched, a sandbox to deliver to.
// A page's placeholders such as `aud_…` stand for the newest thing of that kind, as its reader would fill them in.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureXandr } from '../../bench/demo/activate.ts';
import { openRoom, TERMS_FOR_SMALL_FILES } from '../../bench/demo/collaborate.ts';
import { prepareFiles } from '../../bench/demo/files.ts';
import { machineGrounds } from '../../bench/demo/grounds.ts';
import { onboard } from '../../bench/demo/onboard.ts';
import { buildPartnerProgram } from '../../bench/demo/partner.ts';
import { openSeat, SANDBOX_SEAT } from '../../bench/demo/seat.ts';
import { startService } from '../../bench/demo/service.ts';
import { becomeOperator, foundOrganisations, type Organisation } from '../../bench/demo/tenants.ts';

export interface RecipeWorld {
  readonly osec: Organisation;
  readonly rando: Organisation;
  readonly operatorSecret: string;
  /** Runs commands as the holder of a key; answers what went wrong, or undefined. */
  run(commands: string, key: string): Promise<string | undefined>;
  close(): Promise<void>;
}

const ROWS = 3_000;
const ROOT = new URL('../../', import.meta.url).pathname;

export async function openRecipeWorld(): Promise<RecipeWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-recipes-'));
  await buildPartnerProgram();
  const [seat, service] = await Promise.all([openSeat(folder), startService(folder, machineGrounds(folder))]);
  const operator = await becomeOperator(service);
  const { osec, rando } = await foundOrganisations(service, operator, { osec: 'Osec', rando: 'Rando+' });
  const { exchange, ...files } = prepareFiles(folder, ROWS);
  const crm = await onboard(service, osec, files.osec, exchange.osec.schema);
  const visitors = await onboard(service, rando, files.rando, exchange.rando.schema);
  const room = await openRoom(
    {
      organisation: osec,
      datasetId: crm.datasetId,
      alias: 'osec',
      filterAttributes: ['last_raincoat', 'complaint'],
      breakdownAttributes: ['loyalty'],
    },
    {
      organisation: rando,
      datasetId: visitors.datasetId,
      alias: 'rando',
      filterAttributes: ['activity'],
      breakdownAttributes: [],
    },
    TERMS_FOR_SMALL_FILES,
  );
  const destinationId = await configureXandr(osec, { ...SANDBOX_SEAT, url: seat.url });
  const ids = [crm.datasetId, visitors.datasetId, visitors.load.id, visitors.load.receipt_event_id, destinationId];
  ids.push(
    room.randoContributionId,
    room.osecContributionId,
    room.collaborationId,
    room.matchId,
    crm.load.receipt_event_id,
  );
  const seen = join(folder, 'seen');
  writeFileSync(seen, `${ids.join('\n')}\n`);
  return {
    osec,
    rando,
    operatorSecret: operator.secret,
    run: (commands, key) => runAs({ url: service.url, platformUrl: seat.url, key, folder, seen }, commands),
    async close() {
      await Promise.all([service.stop(), seat.child.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** curl keeps what it saw and waits for the jobs it started; everything else is the page's own. */
const CURL = `
curl() {
  local answer job
  answer=$(command curl "$@") || { printf '%s\\n' "$answer"; return 1; }
  printf '%s\\n' "$answer" | tee -a "$SEEN"
  job=$(printf '%s' "$answer" | sed -n 's/.*"job_id":"\\(job_[0-9a-z]*\\)".*/\\1/p')
  [ -z "$job" ] && return 0
  until command curl -sS -H "Authorization: Bearer $KEY" "$URL/v1/jobs/$job" | grep -Eq '"status":"(succeeded|partially_succeeded)"'; do
    command curl -sS -H "Authorization: Bearer $KEY" "$URL/v1/jobs/$job" | grep -Eq '"status":"(failed|cancelled)"' && return 1
    sleep 0.1
  done
}
npx() { shift; node "$ROOT/dist/ecluse-partner.mjs" "$@"; }
`;

interface Holder {
  readonly url: string;
  readonly platformUrl: string;
  readonly key: string;
  readonly folder: string;
  readonly seen: string;
}

async function runAs(world: Holder, commands: string): Promise<string | undefined> {
  let prelude = '';
  for (const command of wholeCommands(commands)) {
    // A definition is for all commands after it.
    if (command.startsWith('call()')) {
      prelude += `${command}\n`;
      continue;
    }
    const filled = filledIn(command, readFileSync(world.seen, 'utf8'), world.platformUrl);
    const fault = await shell(`${CURL}\n${prelude}\n${filled}`, world);
    if (fault !== undefined) return `${filled}\n${fault}`;
  }
  return undefined;
}

/** Commands may span lines: a trailing backslash, or a quote that is still open. */
function wholeCommands(text: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    open += open === '' ? line : `\n${line}`;
    const quotes = open.replaceAll(/[^']/g, '').length;
    if (line.endsWith('\\') || quotes % 2 === 1) continue;
    if (open.trim() !== '') commands.push(open);
    open = '';
  }
  return commands;
}

function filledIn(command: string, seen: string, platformUrl: string): string {
  const used = new Map<string, number>();
  const newest = (pattern: RegExp, kind: string): string => {
    const found = [...new Set([...seen.matchAll(pattern)].map(([, value]) => value!).reverse())];
    const number = used.get(kind) ?? 0;
    used.set(kind, number + 1);
    return found[number] ?? `${kind}_of_which_there_is_none`;
  };
  return (
    command
      .replaceAll(/\b([a-z]{3})_…/g, (_, prefix) =>
        newest(new RegExp(`(${prefix}_[0-9a-hjkmnp-tv-z]{26})`, 'g'), prefix),
      )
      .replaceAll('"shown_hash":"…"', () => `"shown_hash":"${newest(/"shown_hash":"([0-9a-f]{64})"/g, 'shown')}"`)
      .replaceAll('"…"', '"sandbox"')
      // The page means the platform itself; nothing here leaves this machine.
      .replace('"settings": {', `"settings": { "api_url": "${platformUrl}",`)
  );
}

function shell(script: string, world: Holder): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = {
      PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
      ROOT,
      SEEN: world.seen,
      URL: world.url,
      KEY: world.key,
    };
    const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: world.folder, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    child.once('close', (code) => resolve(code === 0 ? undefined : `exit ${code}: ${said}`));
  });
}
