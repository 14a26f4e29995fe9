// A link or a secret that the service says once: copied or lost.
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';

export function ShownOnce({ title, text, value }: { title: string; text: string; value: string }) {
  return (
    <Notice tone="warning" title={title}>
      <p>{text}</p>
      <p>
        <code>{value}</code>
      </p>
      <p>
        <Button size="small" onPress={() => void navigator.clipboard.writeText(value)}>
          {t('operator.copy')}
        </Button>
      </p>
    </Notice>
  );
}
