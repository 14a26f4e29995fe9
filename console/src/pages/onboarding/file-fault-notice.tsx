// Why a file cannot be hashed, where in it, and how to mend it; never what stands there.
import { Notice } from '../../design/notice.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import type { HashFault } from '../../onboarding/hash-words.ts';

export function FileFaultNotice({ fault }: { fault: HashFault }) {
  const { code, message, hint, row } = fault;
  return (
    <Notice tone="danger" title={t('onboarding.fileFault')}>
      <p>
        <code>{code}</code> {row === undefined ? message : t('onboarding.faultAt', { row })}
      </p>
      <p>{findMessage(`rejects.${code}`) ?? hint}</p>
    </Notice>
  );
}
