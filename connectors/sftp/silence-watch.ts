// Ends a connection whose server no longer does what it is asked: keeping it alive is not an answer.
import type { Socket } from 'node:net';
import { RetryableError } from '../kit/errors.ts';

export class SilenceWatch {
  readonly #socket: Socket;
  readonly #silenceMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Once the connection was ended. */
  fault: RetryableError | undefined;

  constructor(socket: Socket, silenceMs: number) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
  }

  /** The server has the whole time anew. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.fault = new RetryableError('timeout', 'the server fell silent');
      this.#socket.destroy();
    }, this.#silenceMs);
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      clearTimeout(this.#timer);
    }
  }
}
