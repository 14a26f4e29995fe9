// The name and its mark: two gates of a lock, and the water between them.
import { Link } from '../router.tsx';

export function Brand() {
  return (
    <Link to="/" class="brand">
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-ground" width="32" height="32" rx="8" />
        <path class="brand-gates" d="M6 7v18M26 7v18M6 9l10 7 10-7" />
        <path class="brand-water" d="M9 23c2.3-2 4.6-2 7 0s4.7 2 7 0" />
      </svg>
      Écluse
    </Link>
  );
}
