// Bound values on their way to a server: in the body of the request, never in its URL, which servers write into their logs.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Params, ParamValue } from './engine.ts';

export interface BoundBody {
  readonly values: Readable;
  readonly http_headers: Readonly<Record<string, string>>;
}

/** multipart/form-data with a part `param_<name>` for each value, as the HTTP interface reads them. */
export function boundBody(params: Params): BoundBody {
  const boundary = `ecluse-${randomUUID()}`;
  const parts = Object.entries(params).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="param_${name}"\r\n\r\n${escaped(value)}\r\n`,
  );
  return {
    values: Readable.from([Buffer.from(`${parts.join('')}--${boundary}--\r\n`)]),
    http_headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** The TSV escaping that parameters are read in; elements of a list are quoted besides. */
function escaped(value: ParamValue): string {
  if (typeof value === 'object') return `[${value.map(element).join(',')}]`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? escapedText(value) : String(value);
}

function element(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${escapedText(value).replaceAll("'", "\\'")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function escapedText(text: string): string {
  return text.replaceAll(/[\\\t\n\r\0]/g, (character) => ESCAPES[character] as string);
}
