// A password at rest: scrypt (RFC 7914) under a salt of its own, its parameters beside it, compared in constant time.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import { HASHES_AT_ONCE, HASHES_WAITING, SCRYPT, SCRYPT_DIGEST_BYTES, SCRYPT_SALT_BYTES } from './limits.ts';

interface Parameters {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** `scrypt$<cost>$<block size>$<parallelization>$<salt>$<digest>`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SCRYPT_SALT_BYTES);
  const digest = await derive(password, salt, SCRYPT);
  const { cost, blockSize, parallelization } = SCRYPT;
  return ['scrypt', cost, blockSize, parallelization, salt.toString('base64url'), digest.toString('base64url')].join(
    '$',
  );
}

/** Takes as long without a stored hash as with one, so that time does not tell who has a password. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, cost, blockSize, parallelization, salt = '', digest = ''] = (stored ?? NO_HASH).split('$');
  const parameters = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), parameters);
  return timingSafeEqual(derived, Buffer.from(digest, 'base64url')) && stored !== null;
}

const NO_HASH = [
  'scrypt',
  SCRYPT.cost,
  SCRYPT.blockSize,
  SCRYPT.parallelization,
  Buffer.alloc(SCRYPT_SALT_BYTES).toString('base64url'),
  Buffer.alloc(SCRYPT_DIGEST_BYTES).toString('base64url'),
].join('$');

const waiting: (() => void)[] = [];
let running = 0;

async function derive(password: string, salt: Buffer, parameters: Parameters): Promise<Buffer> {
  await takeTurn();
  try {
    return await scryptOf(password, salt, parameters);
  } finally {
    // Whoever waits takes this turn over; otherwise it is free.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Throws `too_many_requests` when more wait than a person would wait for. */
async function takeTurn(): Promise<void> {
  if (running < HASHES_AT_ONCE) {
    running += 1;
    return;
  }
  if (waiting.length >= HASHES_WAITING)
    throw new ServiceError('too_many_requests', {
      detail: 'Too many people are signing in. Try again in a moment.',
      retryAfterSeconds: 5,
    });
  await new Promise<void>((resolve) => waiting.push(resolve));
}

/** The same characters typed on two keyboards are the same bytes: NIST SP 800-63B-4 asks for one of the two forms. */
function scryptOf(password: string, salt: Buffer, { cost, blockSize, parallelization }: Parameters): Promise<Buffer> {
  const memory = { maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    const options = { cost, blockSize, parallelization, ...memory };
    scrypt(password.normalize('NFKC'), salt, SCRYPT_DIGEST_BYTES, options, (error, digest) =>
      error ? reject(error) : resolve(digest),
    );
  });
}
