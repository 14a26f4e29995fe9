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
  /** Osec's orders and Rando+'s advertisements. */
  readonly orders: PartnerFiles;
  readonly views: PartnerFiles;
}

/** Three visitors for two customers, as in the exchange this plays. */
export function prepareFiles(folder: string, crmRows: number): PreparedExchange {
  const visitorRows = Math.round((crmRows * DEFAULT_EXCHANGE.visitorRows) / DEFAULT_EXCHANGE.crmRows);
  const exchange = makeExchange({ crmRows, visitorRows });
  const { orders, views } = exchange.events();
  return {
    exchange,
    osec: writeFiles(join(folder, 'osec'), 'osec', exchange.osec),
    rando: writeFiles(join(folder, 'rando'), 'rando', exchange.rando),
    orders: writeFiles(join(folder, 'osec'), 'orders', orders),
    views: writeFiles(join(folder, 'rando'), 'views', views),
  };
}

/** A file in the clear and its schema, in its owner's folder. */
export function writeFiles(folder: string, name: string, file: { schema: object; csv(): string }): PartnerFiles {
  const files = {
    folder,
    clear: join(folder, `${name}.csv`),
    schema: join(folder, `${name}.schema.json`),
    salt: join(folder, 'salt.txt'),
    hashed: join(folder, `${name}.hashed.csv`),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(files.clear, file.csv());
  writeFileSync(files.schema, JSON.stringify(file.schema, null, 2));
  return files;
}
