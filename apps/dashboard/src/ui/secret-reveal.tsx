'use client';

import { Download, Eye, EyeOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import { CopyButton } from './copy-button.tsx';

/** After this the secret hides itself: a screen that is shared or left alone should not show it for long. */
const maskAfterMs = 60_000;

interface SecretRevealProps {
  readonly secret: string;
  /** What it is: "API key". */
  readonly what: string;
  /** The variable in the `.env` file that can be downloaded. */
  readonly variable: string;
}

/** Shows a secret for the one time that it can be shown. */
export function SecretReveal({ secret, what, variable }: SecretRevealProps) {
  const [isShown, setIsShown] = useState(true);

  useEffect(() => {
    if (!isShown) {
      return undefined;
    }
    const timer = setTimeout(() => setIsShown(false), maskAfterMs);
    return () => clearTimeout(timer);
  }, [isShown]);

  const download = (): void => {
    const url = URL.createObjectURL(new Blob([`${variable}=${secret}\n`], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = '.env';
    link.click();
    URL.revokeObjectURL(url);
  };

  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-1 rounded-md bg-sunken py-1 pr-1 pl-3 shadow-[inset_0_0_0_1px_var(--line-strong)]">
        <code data-testid="secret" className="min-w-0 flex-1 font-mono text-xs break-all text-text">
          {isShown ? secret : maskSecret(secret)}
        </code>
        <IconButton
          size="icon-sm"
          label={isShown ? `Hide the ${what}` : `Show the ${what}`}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        </IconButton>
      </div>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={secret} what={what} isWordy variant="primary" size="md" />
        <Button onClick={download}>
          <Download aria-hidden />
          Download .env
        </Button>
      </div>
    </div>
  );
}

/** Keeps what tells keys apart, the start and the last four characters: `sk-tp-live-3kTz81mQx0Ab_••••••••9fQ2`. */
function maskSecret(secret: string): string {
  const cut = secret.indexOf('_');
  return `${secret.slice(0, cut === -1 ? 8 : cut + 1)}${'•'.repeat(12)}${secret.slice(-4)}`;
}
