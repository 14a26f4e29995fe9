// How many guesses are free, for one name and from one address, and when they are forgotten.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '../database/row-scope.ts';
import type { ServiceError } from '../errors.ts';
import { openWorld, type World } from '../testing/world.ts';
import { chargeGuess, forgiveGuesses, refundGuess } from './guesses.ts';
import { ADDRESS_FAILURES, MEMBER_FAILURES } from './limits.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld([]);
});
afterAll(() => world?.close());

/** Seconds to wait; undefined for a guess that was let through. */
function guess(subject: string | undefined, address: string): Promise<number | undefined> {
  return asService(() => chargeGuess(world.ground, { subject, address })).then(
    () => undefined,
    (error: ServiceError) => error.retryAfterSeconds,
  );
}

function pass(seconds: number): void {
  world.clock.moveTo(new Date(world.clock.now().getTime() + seconds * 1000).toISOString());
}

async function exhaust(address: string): Promise<void> {
  for (let n = 0; n < ADDRESS_FAILURES; n += 1) expect(await guess(`${address} ${n}`, address)).toBeUndefined();
}

test('a name is free for five from anywhere, then waits twice as long each time, and no longer than a quarter of an hour', async () => {
  for (let n = 0; n < MEMBER_FAILURES; n += 1) expect(await guess('ana', `192.0.2.${n}`)).toBeUndefined();
  const waits: (number | undefined)[] = [];
  for (let n = 0; n < 8; n += 1) {
    const wait = await guess('ana', '192.0.2.100');
    waits.push(wait);
    pass((wait ?? 0) - 1);
    expect(await guess('ana', '192.0.2.100')).toBe(1);
    pass(1);
    expect(await guess('ana', '192.0.2.100')).toBeUndefined();
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  expect(await guess('ben', '192.0.2.100')).toBeUndefined();
  pass(25 * 3600);
  expect(await guess('ana', '192.0.2.100')).toBeUndefined();
  expect(await guess('ana', '192.0.2.100')).toBeUndefined();
});

test('an address is free for fifty names, and gets them back in quiet times', async () => {
  await exhaust('198.51.100.7');
  expect(await guess('somebody else', '198.51.100.7')).toBe(30);
  expect(await guess('somebody else', '::ffff:198.51.100.7')).toBe(30);
  expect(await guess('somebody else', '198.51.100.8')).toBeUndefined();
  pass(3600);
  for (let n = 0; n < 12; n += 1) expect(await guess(`later ${n}`, '198.51.100.7')).toBeUndefined();
  expect(await guess('one too many', '198.51.100.7')).toBe(30);
});

test('one network of IPv6 is one address, however it is written', async () => {
  await exhaust('2001:db8:0:7::1');
  expect(await guess(undefined, '2001:db8::7:dead:beef:0:1')).toBe(30);
  expect(await guess(undefined, '2001:0DB8:0000:0007:ffff::')).toBe(30);
  expect(await guess(undefined, '2001:db8:0:8::1')).toBeUndefined();
});

test('who was right is held nothing against, and who is not done yet only what was wrong before', async () => {
  const guesser = { subject: 'cleo', address: '203.0.113.9' };
  for (let n = 0; n < 4; n += 1) await guess('cleo', '203.0.113.9');
  for (let n = 0; n < 10; n += 1) {
    expect(await guess('cleo', '203.0.113.9')).toBeUndefined();
    await asService(() => refundGuess(world.ground, guesser));
  }
  expect(await guess('cleo', '203.0.113.9')).toBeUndefined();
  expect(await guess('cleo', '203.0.113.9')).toBe(30);
  await asService(() => forgiveGuesses(world.ground, guesser));
  for (let n = 0; n < 5; n += 1) expect(await guess('cleo', '203.0.113.9')).toBeUndefined();
  expect(await guess('cleo', '203.0.113.9')).toBe(30);
});
