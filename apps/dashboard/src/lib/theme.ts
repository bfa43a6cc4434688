export const themes = ['system', 'light', 'dark'] as const;

export type Theme = (typeof themes)[number];

/** In a cookie and not in local storage: the server then knows the theme, and the first paint has it. */
export const themeCookie = 'theme';

/** Reads the cookie's value; anything unknown means that the system decides. */
export function themeOf(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'system';
}
