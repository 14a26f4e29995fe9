// The operations of key exports.
import type { KeyExport as KeyExportBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { fingerprintOf, type KeyExport, keyExports } from './key-export.ts';
import { collectKeys, requestKeyExport } from './key-export-service.ts';

type Operations = 'listKeyExports' | 'requestKeyExport' | 'getKeyExport' | 'collectKeyExport';

export function keyExportHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listKeyExports({ tenantId, query }) {
      return pageOf(await keyExports.list(knex, { tenant_id: tenantId }, pageRange(query)), query, exportBody);
    },
    async requestKeyExport(request) {
      const { reason, recipient_public_key: recipientPublicKey, collaboration_id } = request.body;
      const wish = { reason, recipientPublicKey, collaborationId: collaboration_id ?? null };
      return exportBody(await requestKeyExport(ground, tenantCaller(request), wish));
    },
    async getKeyExport({ tenantId, params }) {
      return exportBody(await keyExports.get(knex, params.key_export_id, { tenant_id: tenantId }));
    },
    async collectKeyExport(request) {
      const { asked, sealed } = await collectKeys(ground, tenantCaller(request), request.params.key_export_id);
      return {
        id: asked.id,
        algorithm: 'crypto_box_seal' as const,
        recipient_fingerprint: fingerprintOf(asked.recipientPublicKey),
        sealed,
      };
    },
  };
}

function exportBody(asked: KeyExport): KeyExportBody {
  return {
    id: asked.id,
    collaboration_id: asked.collaborationId,
    status: asked.status,
    reason: asked.reason,
    recipient_public_key: asked.recipientPublicKey,
    recipient_fingerprint: fingerprintOf(asked.recipientPublicKey),
    keys: asked.keys.map(({ purpose, object, version }) => ({ purpose, object, version })),
    requested_by: asked.requestedBy,
    created_at: asked.createdAt,
    collect_until: asked.collectUntil,
    collected_at: asked.collectedAt,
  };
}
