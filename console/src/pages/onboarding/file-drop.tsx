// Where a file is dropped, or chosen by keyboard. The file is only pointed at: reading it is for what comes next.
import { useId, useRef, useState } from 'preact/hooks';
import { Button } from '../../design/button.tsx';
import { t } from '../../i18n/i18n.ts';

export function FileDrop({ onFile }: { onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file !== undefined) onFile(file);
  };
  return (
    // Dropping is the shorter way for a mouse; the button beside it is the way for everybody.
    // biome-ignore lint/a11y/noStaticElementInteractions: the drop is offered besides the button, which takes keys and readers
    <div
      class={isOver ? 'file-drop is-over' : 'file-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p class="file-drop-title">{t('onboarding.drop')}</p>
      <p class="muted">{t('onboarding.dropHint')}</p>
      <label class="unseen" for={id}>
        {t('onboarding.choose')}
      </label>
      <input
        class="unseen"
        id={id}
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.gz,text/csv"
        tabIndex={-1}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <Button look="primary" onPress={() => input.current?.click()}>
        {t('onboarding.choose')}
      </Button>
    </div>
  );
}
