// User lists that were made in the Data Manager sandbox, in pages of two, so that whoever reads only the first is found out.
import { isObject, type JsonObject } from '../google/answers.ts';
import { rpcError } from '../google/sandbox-tokens.ts';
import { jsonAnswer, type SandboxAnswer } from '../kit/sandbox-server.ts';

const PAGE = 2;
const KEYS: ReadonlySet<unknown> = new Set(['CONTACT_ID', 'MOBILE_ID', 'USER_ID', 'PAIR_ID', 'PSEUDONYMOUS_ID']);

export class SandboxUserLists {
  readonly #lists: JsonObject[] = [];

  has(id: string): boolean {
    return this.#lists.some((list) => list.id === id);
  }

  list(pageToken: string | null): SandboxAnswer {
    const from = Number(pageToken ?? 0);
    const userLists = this.#lists.slice(from, from + PAGE);
    const nextPageToken = this.#lists.length > from + PAGE ? String(from + PAGE) : '';
    return jsonAnswer(200, { userLists, nextPageToken });
  }

  create(body: Buffer): SandboxAnswer {
    const {
      displayName,
      membershipDuration,
      ingestedUserListInfo: info,
    } = JSON.parse(body.toString('utf8')) as JsonObject;
    const keys = isObject(info) && Array.isArray(info.uploadKeyTypes) ? (info.uploadKeyTypes as unknown[]) : [];
    const seconds = Number(/^(\d+)s$/.exec(String(membershipDuration))?.[1]);
    const isWhole = typeof displayName === 'string' && displayName !== '' && keys.length === 1 && KEYS.has(keys[0]);
    if (!isWhole || seconds % 86_400 !== 0 || seconds > 46_656_000) return rpcError(400, 'INVALID_ARGUMENT');
    const id = String(90_001 + this.#lists.length);
    const made = { name: `userLists/${id}`, id, displayName, membershipDuration };
    this.#lists.push(made);
    return jsonAnswer(200, made);
  }
}
