// Rules of checkpoints, tiles and receipts as texts, with the examples of the C2SP documents.
import { describe, expect, test } from 'vitest';
import { checkpointText, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle.ts';
import { verifierKeyOf } from './note-key.ts';
import { cosignatureLine } from './signed-note.ts';

const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const LOG = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };
const WITNESS = { name: 'witness.example/w1', secretKey: new Uint8Array(32).fill(9), timestampSeconds: 1_700_000_000n };

test('the example of the specification is read and written back', () => {
  const checkpoint = parseCheckpoint(TEXT);
  expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163, extensions: [] });
  expect(checkpointText(checkpoint)).toBe(TEXT);
  expect(parseCheckpoint(`${TEXT}more\nlines\n`).extensions).toEqual(['more', 'lines']);
});

describe('a checkpoint is read strictly', () => {
  test.each([
    ['CRLF', TEXT.replaceAll('\n', '\r\n')],
    ['a leading zero', TEXT.replace('2085', '02085')],
    ['a size of 00', TEXT.replace('20852163', '00')],
    ['a sign', TEXT.replace('2085', '+2085')],
    ['a negative size', TEXT.replace('2085', '-2085')],
    ['a hexadecimal size', TEXT.replace('20852163', '0x10')],
    ['a size past what can be counted', TEXT.replace('20852163', '99999999999999999')],
    ['no origin', TEXT.replace('example.com/behind-the-sofa', '')],
    ['no root', TEXT.split('\n').slice(0, 2).join('\n')],
    ['a short root', TEXT.replace('CsUY', '')],
    ['a root without padding', TEXT.replace('=', '')],
    ['an empty extension line', `${TEXT}\nmore\n`],
    ['no final newline', TEXT.slice(0, -1)],
  ])('%s is malformed', (_name, text) => {
    expect(() => parseCheckpoint(text)).toThrow(/not a checkpoint/);
  });
});

describe('a checkpoint must be the log’s own', () => {
  const checkpoint = { origin: LOG.name, size: 0, root: EMPTY_ROOT };

  test('the log’s signature opens it, a witness’s beside it is reported', async () => {
    const note = await signCheckpoint(checkpoint, [LOG]);
    const cosigned = note + (await cosignatureLine(note.split('\n\n')[0] + '\n', WITNESS));
    const verifierKeys = [await verifierKeyOf(LOG), await verifierKeyOf(WITNESS, 'cosignature')];
    const opened = await openCheckpoint(cosigned, { verifierKeys });
    expect(opened).toMatchObject(checkpoint);
    expect(opened.cosignedBy).toMatchObject([{ timestampSeconds: 1_700_000_000n }]);
  });

  test('a witness’s signature alone does not open it', async () => {
    const text = checkpointText({ ...checkpoint, extensions: [] });
    const verifierKeys = [await verifierKeyOf(WITNESS, 'cosignature')];
    const note = `${text}\n${await cosignatureLine(text, WITNESS)}`;
    await expect(openCheckpoint(note, { verifierKeys })).rejects.toMatchObject({ code: 'signature_missing' });
  });

  test('a known key cannot sign for another origin', async () => {
    const note = await signCheckpoint({ ...checkpoint, origin: 'another.example/log' }, [LOG]);
    const verifierKeys = [await verifierKeyOf(LOG)];
    await expect(openCheckpoint(note, { verifierKeys })).rejects.toMatchObject({ code: 'signature_missing' });
    await expect(openCheckpoint(note, { verifierKeys, origin: LOG.name })).rejects.toMatchObject({
      code: 'checkpoint_origin',
    });
    const opened = await openCheckpoint(note, { verifierKeys, origin: 'another.example/log' });
    expect(opened.origin).toBe('another.example/log');
  });
});
