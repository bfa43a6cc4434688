'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import { notify } from './notice-store.ts';

/** How long the tick stays: long enough to be noticed by someone who looked away to paste. */
const confirmationMs = 1_600;

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers: "API key". */
  readonly what: string;
  /** Shows a word beside the picture. */
  readonly isWordy?: boolean;
  readonly className?: string;
  readonly variant?: 'ghost' | 'secondary' | 'primary';
  readonly size?: 'sm' | 'md';
}

/** Puts a text on the clipboard and says so. Says as well when the browser refuses. */
export function CopyButton({
  text,
  what,
  isWordy = false,
  className,
  variant = 'ghost',
  size = 'sm',
}: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) {
      return undefined;
    }
    const timer = setTimeout(() => setIsCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () =>
        notify({
          title: `Your browser refused to copy the ${what}`,
          description: 'Select it and copy it by hand.',
          isError: true,
        }),
    );
  };

  const look = { variant, ...(className === undefined ? {} : { className }) };
  const picture = isCopied ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />;
  return (
    <>
      {isWordy ? (
        <Button {...look} size={size} onClick={copy} aria-label={`Copy ${what}`}>
          {picture}
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      ) : (
        <IconButton {...look} size={size === 'sm' ? 'icon-sm' : 'icon-md'} onClick={copy} label={`Copy ${what}`}>
          {picture}
        </IconButton>
      )}
      <output className="sr-only">{isCopied ? `Copied the ${what}` : ''}</output>
    </>
  );
}
