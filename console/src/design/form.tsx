// A form whose answers go to the page that shows it, never by the browser's own submission.
import type { ComponentChildren } from 'preact';

interface FormProps {
  /** Fields beside each other rather than below. */
  row?: boolean;
  onSubmit: () => void;
  children: ComponentChildren;
}

export function Form({ row = false, onSubmit, children }: FormProps) {
  return (
    <form
      class={row ? 'form-row' : 'form'}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
