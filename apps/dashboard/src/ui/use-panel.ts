'use client';

import { useState } from 'react';

/** A dialog or drawer of which one at a time is shown, and which is kept until it has left the screen. */
export interface Panel<Name extends string> {
  /** What to render; undefined when nothing is on the screen. */
  readonly shown: Name | undefined;
  /** False while it is leaving. */
  readonly isOpen: boolean;
  readonly open: (name: Name) => void;
  readonly close: () => void;
  /** For the panel's `onClosed`: forgets it, and with it what was typed. */
  readonly forget: () => void;
}

/** Shows panels that are made anew each time they open, without cutting off the way they leave. */
export function usePanel<Name extends string>(): Panel<Name> {
  const [shown, setShown] = useState<Name>();
  const [isOpen, setIsOpen] = useState(false);
  return {
    shown,
    isOpen,
    open: (name) => {
      setShown(name);
      setIsOpen(true);
    },
    close: () => setIsOpen(false),
    forget: () => setShown(undefined),
  };
}
