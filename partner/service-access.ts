// Where the service is and with which key it is asked, as every command that calls it takes them.
import { CommandError } from './command-error.ts';
import { getSecret } from './secrets.ts';
import type { JsonFlag, Terminal } from './terminal.ts';

export interface ServiceFlags extends JsonFlag {
  readonly url?: string;
  readonly apiKeyFile?: string;
}

export function apiKeyOf(options: ServiceFlags, terminal: Terminal): Promise<string> {
  const keyFile = options.apiKeyFile === undefined ? {} : { file: options.apiKeyFile };
  const source = { name: 'API key', fileOption: '--api-key-file', variable: 'ECLUSE_API_KEY', ...keyFile } as const;
  return getSecret(source, terminal, !options.json);
}

/** Throws `usage` for what is no http(s) URL, or holds a password. */
export function serviceUrlOf(options: ServiceFlags, terminal: Terminal): string {
  const text = options.url ?? terminal.env.ECLUSE_URL;
  if (text === undefined) throw new CommandError('usage', 'the service is missing: --url <service> or ECLUSE_URL');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CommandError('usage', 'the service URL is not a URL');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new CommandError('usage', 'the service URL is not http(s)');
  if (url.username !== '' || url.password !== '') {
    throw new CommandError('usage', 'the service URL holds a password', {
      hint: 'keys come from a file or the environment',
    });
  }
  if (url.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(url.hostname)) {
    terminal.stderr.write('warning: the service URL is not https; the API key and the data travel unencrypted\n');
  }
  return url.origin;
}
