// Delivers to this service itself: who is in the audience is kept here, and a bidder asks for those it meets.
import { type Batch, rowCount } from '../kit/batches.ts';
import type { ClientContext, DestinationClient, SendOutcome } from '../kit/define-destination.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import { DigestChanges } from './digest-changes.ts';
import { areMembers, digestOf, memberFile, mergeMembers, removeMembers, storeKeyOf } from './member-file.ts';
import type { OpenrtbCredentials, OpenrtbSettings } from './settings.ts';

export class OpenrtbClient implements DestinationClient {
  readonly #settings: OpenrtbSettings;
  readonly #credentials: OpenrtbCredentials;
  readonly #context: ClientContext;

  constructor(options: { settings: OpenrtbSettings; credentials: OpenrtbCredentials; context: ClientContext }) {
    this.#settings = options.settings;
    this.#credentials = options.credentials;
    this.#context = options.context;
  }

  /** Somebody who was erased leaves no digest behind. */
  async send(batch: Batch): Promise<SendOutcome> {
    const storeKey = storeKeyOf(this.#credentials.signing_key);
    const changes = new DigestChanges(rowCount(batch));
    batch.forEach((id, isRemoval) => {
      changes.push(digestOf(id, storeKey), isRemoval);
    });
    const replaces = this.#context.delivery.isWhole && batch.index === 0;
    await mergeMembers(await this.#path(), changes, { replaces });
    return { state: 'taken', rejected: {}, erasure: 'erased' };
  }

  /** A whole audience of nobody leaves nobody. */
  async finish({ taken, failed }: DeliveryProgress): Promise<void> {
    if (this.#context.delivery.isWhole && taken.batches + failed.batches === 0) await removeMembers(await this.#path());
  }

  /** Asks for an id that nobody has. */
  async test(): Promise<void> {
    await areMembers(await this.#path(), [digestOf('', storeKeyOf(this.#credentials.signing_key))]);
  }

  #path(): Promise<string> {
    return memberFile(this.#context.exportRoot, {
      settings: this.#settings,
      signingKey: this.#credentials.signing_key,
    });
  }
}
