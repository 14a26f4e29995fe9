// The Content-Security-Policy that the service sent with this page, as the browser received it.

export interface SentPolicy {
  readonly directives: ReadonlyMap<string, string>;
  /** True where it lets the page talk to its own service alone and run no code of elsewhere. */
  readonly isStrict: boolean;
}

/** Undefined when the service sent none. */
export async function readSentPolicy(): Promise<SentPolicy | undefined> {
  const response = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' });
  const text = response.headers.get('content-security-policy');
  return text === null ? undefined : policyOf(text);
}

export function policyOf(text: string): SentPolicy {
  const directives = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = '', ...values] = part.trim().split(/\s+/);
    if (name !== '' && !directives.has(name)) directives.set(name, values.join(' '));
  }
  const allowed = (name: string): string | undefined => directives.get(name) ?? directives.get('default-src');
  const isStrict =
    ['connect-src', 'script-src', 'worker-src'].every((name) => ["'self'", "'none'"].includes(allowed(name) ?? '*')) &&
    directives.get('default-src') === "'none'";
  return { directives, isStrict };
}
