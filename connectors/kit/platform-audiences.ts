// The audiences that a platform has: listed, picked, or made under a name, so that nobody copies an id by hand. No person is sent.
import {
  type AudienceBook,
  type Destination,
  type DestinationClient,
  type PlatformAudience,
  validateSettings,
} from './define-destination.ts';
import type { DeliverOptions } from './deliver.ts';
import { openEgress } from './egress.ts';
import { PermanentError } from './errors.ts';
import { withRetry } from './retry.ts';

type BookOptions = Pick<
  DeliverOptions,
  'settings' | 'credentials' | 'network' | 'exportRoot' | 'clock' | 'random' | 'signal'
>;

export async function listPlatformAudiences(
  destination: Destination,
  options: BookOptions,
): Promise<readonly PlatformAudience[]> {
  return withBook(destination, options, ({ book, retried }) => retried(() => book.list()));
}

/**
 * By its id, or by its name: one that is there already is taken, so that asking twice makes one audience. Rejects with PermanentError
 * where the platform has no such audience, or makes none by a request.
 */
export async function pickPlatformAudience(
  destination: Destination,
  options: BookOptions,
  wish: { readonly id: string } | { readonly name: string },
): Promise<PlatformAudience> {
  return withBook(destination, options, async ({ book, retried }) => {
    const known = await retried(() => book.list());
    const found = known.find((one) => ('id' in wish ? one.id === wish.id : one.name === wish.name));
    if (found !== undefined) return found;
    if ('id' in wish) {
      const find = book.find?.bind(book);
      if (find !== undefined) return retried(() => find(wish.id));
      throw new PermanentError('rejected', 'the platform has no audience of this id');
    }
    const create = book.create?.bind(book);
    if (create === undefined) {
      throw new PermanentError(
        'rejected',
        'the platform makes no audience by a request: make it there, then choose it',
      );
    }
    return retried(() => create(wish.name));
  });
}

interface OpenBook {
  readonly book: AudienceBook;
  retried<T>(work: () => Promise<T>): Promise<T>;
}

async function withBook<T>(
  destination: Destination,
  options: BookOptions,
  work: (open: OpenBook) => Promise<T>,
): Promise<T> {
  const { settings, credentials } = validateSettings(destination, options, { audienceMayWait: true });
  const { clock, random, signal } = options;
  const egress = openEgress({ network: options.network, hosts: destination.hosts(settings), signal });
  try {
    const delivery = { id: 'audiences', startedAtMs: clock.now(), purpose: undefined, isWhole: false };
    const context = { egress, clock, random, signal, exportRoot: options.exportRoot, delivery };
    const client: DestinationClient = destination.client({ settings, credentials, context });
    const { audiences: book } = client;
    if (book === undefined) throw new PermanentError('rejected', 'audiences of this destination cannot be listed');
    const reauthenticate = client.reauthenticate?.bind(client);
    const retried = <R>(ask: () => Promise<R>) => withRetry(ask, { clock, random, signal, reauthenticate });
    return await work({ book, retried }).finally(() => client.close?.());
  } finally {
    egress.close();
  }
}
