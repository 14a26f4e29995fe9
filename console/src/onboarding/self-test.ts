// Asks an address of elsewhere, on purpose, to see that the page's policy stops it. The name is reserved and nobody's (RFC 2606).
export const FOREIGN_ADDRESS = 'https://self-test.invalid/';

export interface SelfTest {
  readonly isBlocked: boolean;
  /** The directive that stopped it, as the browser names it. */
  readonly directive: string | undefined;
}

/** Runs in a page and in a worker alike. Only the browser's own word that the policy stopped it counts, not a mere failure. */
export async function tryForeignRequest(): Promise<SelfTest> {
  const told = new Promise<string | undefined>((resolve) => {
    globalThis.addEventListener('securitypolicyviolation', (event) => {
      const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
      if (blockedURI.startsWith(FOREIGN_ADDRESS)) resolve(effectiveDirective);
    });
    setTimeout(() => resolve(undefined), 3_000);
  });
  const answered = await fetch(FOREIGN_ADDRESS, { mode: 'no-cors' }).then(
    () => true,
    () => false,
  );
  const directive = await told;
  return { isBlocked: !answered && directive !== undefined, directive };
}

/** The same from a worker: it is workers that read the file, and each has a policy of its own. */
export function tryForeignRequestInWorker(): Promise<SelfTest> {
  const worker = new Worker(new URL('./self-test-worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<SelfTest>) => resolve(data);
    worker.onerror = () => resolve({ isBlocked: false, directive: undefined });
  });
}
