// The partners' own folders: each holds a file in the clear that the service never sees, and its schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_EXCHANGE, type Exchange, makeExchange } from '../synthetic-people.ts';

export interface PartnerFiles {
  readonly folder: string;
  readonly clear: string;
  readonly schema: string;
  readonly salt: string;
  readonly hashed: string;
}

export interface PreparedExchange {
  readonly exchange: Exchange;
  readonly osec: PartnerFiles;
  readonly rando: PartnerFiles;
}

/** Three visitors for two customers, as in the exchange this plays. */
export function prepareFiles(folder: string, crmRows: number): PreparedExchange {
  const visitorRows = Math.round((crmRows * DEFAULT_EXCHANGE.visitorRows) / DEFAULT_EXCHANGE.crmRows);
  const exchange = makeExchange({ crmRows, visitorRows });
  const write = (name: 'osec' | 'rando'): PartnerFiles => {
    const own = join(folder, name);
    const files = {
      folder: own,
      clear: join(own, `${name}.csv`),
      schema: join(own, `${name}.schema.json`),
      salt: join(own, 'salt.txt'),
      hashed: join(own, `${name}.hashed.csv`),
    };
    mkdirSync(own, { recursive: true, mode: 0o700 });
    writeFileSync(files.clear, exchange[name].csv());
    writeFileSync(files.schema, JSON.stringify(exchange[name].schema, null, 2));
    return files;
  };
  return { exchange, osec: write('osec'), rando: write('rando') };
}
