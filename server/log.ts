// Structured logs that hold no personal data: ids, codes and counts; never a body, a header with a secret, or a query string.
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const REDACTED_PATHS = [
  'authorization',
  'headers',
  'body',
  'secret',
  'token',
  'password',
  '*.authorization',
  '*.body',
  '*.secret',
  '*.token',
  '*.password',
];

export function makeLog(level: string, name: 'api' | 'worker'): Logger {
  return pino(
    { level, name, redact: { paths: REDACTED_PATHS, censor: '[redacted]' }, base: { part: name } },
    pino.destination(2),
  );
}
