// What `bench -- delivery` measures: every kind of destination with a sandbox of its own, Xandr in each of its forms, and an id operator
// in front of a destination.
import {
  type RunningSandbox,
  SANDBOX_KINDS,
  type SandboxKind,
  type SandboxOptions,
  startSandbox,
} from '../connectors/sandbox-registry.ts';

export interface DeliverySubject {
  /** As it is told and asked for. */
  readonly name: string;
  readonly kind: SandboxKind;
  start(): Promise<RunningSandbox>;
}

type Settings = Record<string, string | number>;

const changed = (
  name: string,
  kind: SandboxKind,
  settings: (url: string) => Settings,
  options: SandboxOptions = {},
): DeliverySubject => ({
  name,
  kind,
  start: async () => {
    const sandbox = await startSandbox(kind, options);
    return { ...sandbox, settings: { ...sandbox.settings, ...settings(sandbox.url) } };
  },
});
const asItStands = (kind: SandboxKind): DeliverySubject => changed(kind, kind, () => ({}));

/** An operator is no destination: it is measured as what it adds to one. */
const OPERATED: DeliverySubject = {
  name: 'the-trade-desk+uid2',
  kind: 'the-trade-desk',
  start: async () => {
    const [operator, desk] = [await startSandbox('uid2'), await startSandbox('the-trade-desk')];
    return {
      ...desk,
      settings: { ...desk.settings, id_name: 'UID2', ...operator.settings },
      credentials: { ...desk.credentials, ...operator.credentials },
      sampleId: 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=',
      close: async () => void (await Promise.all([desk.close(), operator.close()])),
    };
  },
};

export const DELIVERY_SUBJECTS: readonly DeliverySubject[] = [
  asItStands('xandr'),
  changed('xandr-avro', 'xandr', () => ({ file_form: 'avro' })),
  // A thousand users a second are the platform's pace, not ours.
  changed('xandr-streaming', 'xandr', (url) => ({ way: 'streaming', streaming_url: url }), { isPaced: false }),
  ...SANDBOX_KINDS.filter((kind) => kind !== 'xandr' && kind !== 'uid2').map(asItStands),
  OPERATED,
];
