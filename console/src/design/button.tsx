// Whatever is pressed: a button, or a link that looks like one where it leads to another page.
import type { ComponentChildren } from 'preact';
import { Link } from '../router.tsx';

export interface ButtonProps {
  children: ComponentChildren;
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  size?: 'normal' | 'small';
  onPress?: () => void;
  /** An address within the console: the button is a link then. */
  to?: string;
  type?: 'button' | 'submit';
  disabled?: boolean | undefined;
  /** Under way: it says so, and cannot be pressed again. */
  busy?: boolean | undefined;
  /** For a button whose text alone does not tell what it is about. */
  label?: string | undefined;
  expanded?: boolean;
  pressed?: boolean;
}

export function Button({
  children,
  look = 'plain',
  size = 'normal',
  to,
  onPress,
  type = 'button',
  ...rest
}: ButtonProps) {
  const looks = `button button-${look} button-${size}`;
  if (to !== undefined) {
    return (
      <Link to={to} class={looks}>
        {children}
      </Link>
    );
  }
  return (
    <button
      type={type}
      class={looks}
      disabled={rest.disabled || rest.busy}
      aria-busy={rest.busy}
      aria-label={rest.label}
      aria-expanded={rest.expanded}
      aria-pressed={rest.pressed}
      onClick={onPress}
    >
      {rest.busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}
