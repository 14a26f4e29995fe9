// A browser as far as the service can tell: it keeps cookies, says where it comes from, and sends the token of its session.
import type { Answer } from './world.ts';

export interface Browser {
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer & { headers: Headers }>;
  cookie(): string;
  csrfToken(): string;
}

export function openBrowser(origin: string): Browser {
  const jar = new Map<string, string>();
  let csrfToken = '';
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    cookie,
    csrfToken: () => csrfToken,
    async send(method, path, body, headers = {}) {
      const response = await fetch(origin + path, {
        method,
        redirect: 'manual',
        headers: {
          Origin: origin,
          'Sec-Fetch-Site': 'same-origin',
          'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          Cookie: cookie(),
          'X-Ecluse-Csrf': csrfToken,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      keepCookies(jar, response.headers.getSetCookie());
      const text = await response.text();
      const answer =
        text !== '' && /\bjson\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
      csrfToken = answer?.signed_in?.csrf_token ?? csrfToken;
      return { status: response.status, text, body: answer, headers: response.headers };
    },
  };
}

function keepCookies(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /Max-Age=0\b/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
}
