/** Light, dark, or as the system has it; remembered in a cookie, so that a page is right from its first pixel. */
export type Theme = 'system' | 'light' | 'dark';

export const themeCookie = 'sluice-theme';

const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const asTheme = (text: string | undefined): Theme =>
  themes.find((theme) => theme === text) ?? 'system';

const yearSeconds = 31_536_000;

/** In the browser: shows it at once and remembers it. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  remember(themeCookie, theme);
}

/** A cookie that holds nothing personal. */
export function remember(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${yearSeconds}; samesite=lax`;
}
