'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { themeCookie, type Theme } from '#lib/theme.ts';
import { Segmented } from './segmented.tsx';

const yearSeconds = 31_536_000;

/** Sets the theme for this browser, at once and for the next first paint. */
function applyTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
  } else {
    document.documentElement.dataset['theme'] = theme;
  }
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

/** Light, dark, or as the system says. */
export function ThemeToggle({ initial }: { readonly initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={(next) => {
        setTheme(next);
        applyTheme(next);
      }}
      choices={[
        { value: 'system', label: 'As the system', icon: <Monitor aria-hidden className="size-3.5" /> },
        { value: 'light', label: 'Light', icon: <Sun aria-hidden className="size-3.5" /> },
        { value: 'dark', label: 'Dark', icon: <Moon aria-hidden className="size-3.5" /> },
      ]}
    />
  );
}
