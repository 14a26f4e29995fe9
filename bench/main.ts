// `npm run bench -- <what>`: one measurement at a time. With --json, exactly one JSON object on stdout and nothing else.
import { parseArgs } from 'node:util';
import type { PeersBenchResult } from './peers.ts';
import { writePeople } from './people.ts';
import { DEFAULT_EXCHANGE } from './synthetic-people.ts';

const USAGE = `npm run bench -- onboarding --rows 1000000 [--alone] [--json]   load, contribute, match and audience; beside DuckDB, or alone
npm run bench -- incremental --rows 10000000 [--json] a hundredth of new rows: upsert, contribute and match beside the whole
npm run bench -- peers --rows 1000000 [--json]        DuckDB, PostgreSQL, SQLite, coreutils and psi.js on the same files
npm run bench -- segment --rows 10000000 [--json]     a segment of eight criteria over so many persons
npm run bench -- overlap --rows 2000000 [--json]      the overlap of five contributions of so many persons each
npm run bench -- cluster --rows 100000 [--json]      the same way on two shards started here, and bytes a row
npm run bench -- service --rows 10000000 [--json]    an upload over loopback, and reads of 50 clients while it is loaded
npm run bench -- hash --rows 1000000 [--json]         rows a second of the partner command line
npm run bench -- phones --rows 1000000 [--json]       real-shaped numbers by the short way and by libphonenumber alone
npm run bench -- audit --events 1000000 [--json]      a whole log verified offline, and one proof
npm run bench -- delivery --rows 1000000 [--destination xandr] [--flat] [--json]   rows a second to each sandbox; memory of a quarter and of all
npm run bench -- consent --rows 1000000 [--strings 100000] [--json]   what consent strings add to a load
npm run bench -- histories --rows 1000000 [--json]    random histories of consent, each release held against an oracle
npm run bench -- people --out <folder> [--rows 20000] [--seed n] [--excerpt]   write the example files
`;

/** A measurement is read only when asked for: the engine and the peers take seconds to load. */
async function measure(
  what: string | undefined,
  counts: {
    rows: number;
    events: number;
    strings: number;
    seed: number;
    destination: string | undefined;
    alone: boolean;
    flat: boolean;
  },
): Promise<object | undefined> {
  const { rows, events, strings, seed, destination, flat, alone } = counts;
  if (what === 'onboarding') return (await import('./onboarding.ts')).benchOnboarding({ rows, alone });
  if (what === 'incremental') return (await import('./incremental.ts')).benchIncremental({ rows });
  if (what === 'peers') return (await import('./peers.ts')).benchPeers({ rows });
  if (what === 'segment') return (await import('./questions.ts')).benchSegment({ rows });
  if (what === 'overlap') return (await import('./questions.ts')).benchOverlap({ rows });
  if (what === 'cluster') return (await import('./cluster.ts')).benchCluster({ rows });
  if (what === 'service') return (await import('./service.ts')).benchService({ rows });
  if (what === 'hash') return (await import('./hash.ts')).benchHash({ rows });
  if (what === 'phones') return (await import('./phones.ts')).benchPhones({ rows });
  if (what === 'audit') return (await import('./audit.ts')).benchAudit({ events });
  if (what === 'delivery') {
    const { benchDelivery, benchFlatness } = await import('./delivery.ts');
    return (flat ? benchFlatness : benchDelivery)({ rows, only: destination });
  }
  if (what === 'consent') return (await import('./consent.ts')).benchConsent({ rows, strings });
  if (what === 'histories') return (await import('./consent-histories.ts')).benchHistories({ histories: rows, seed });
  return undefined;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      events: { type: 'string', default: '1000000' },
      strings: { type: 'string', default: '100000' },
      destination: { type: 'string' },
      flat: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(DEFAULT_EXCHANGE.seed) },
      out: { type: 'string' },
      alone: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      excerpt: { type: 'boolean', default: false },
    },
  });
  const rows = Number(values.rows ?? (positionals[0] === 'people' ? DEFAULT_EXCHANGE.crmRows : 1_000_000));
  if (!Number.isSafeInteger(rows) || rows < 1) return usage('--rows wants a whole number above 0');
  const events = Number(values.events);
  if (!Number.isSafeInteger(events) || events < 1) return usage('--events wants a whole number above 0');
  const strings = Number(values.strings);
  if (!Number.isSafeInteger(strings) || strings < 1) return usage('--strings wants a whole number above 0');
  const result =
    positionals[0] === 'people' && values.out
      ? writePeople({ folder: values.out, crmRows: rows, seed: Number(values.seed), excerptOnly: values.excerpt })
      : await measure(positionals[0], {
          rows,
          events,
          strings,
          seed: Number(values.seed),
          destination: values.destination,
          alone: values.alone,
          flat: values.flat,
        });
  if (result === undefined) return usage('name a measurement');
  if (positionals[0] === 'peers' && !values.json) {
    const { peersTable } = await import('./peers.ts');
    process.stdout.write(peersTable(result as PeersBenchResult));
  } else process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`);
  return 0;
}

function usage(problem: string): number {
  process.stderr.write(`${problem}\n\n${USAGE}`);
  return 2;
}

process.exitCode = await main();
