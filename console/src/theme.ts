// Light, dark, or as the system is. The choice is kept in this browser and nowhere else.
import { signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED_AS = 'ecluse.theme';

export const theme = signal<Theme>('system');

export function startTheme(): void {
  const stored = localStorage.getItem(STORED_AS);
  applyTheme(THEMES.find((one) => one === stored) ?? 'system');
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(STORED_AS, chosen);
  applyTheme(chosen);
}

function applyTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
