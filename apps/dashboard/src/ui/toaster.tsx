'use client';

import dynamic from 'next/dynamic';
import { useState, useSyncExternalStore } from 'react';
import { subscribeToNotices, waitingNotices } from './notice-store.ts';

/** Twelve kilobytes that most visits never need; they come with the first notice. */
const NoticeList = dynamic(() => import('./notice-list.tsx').then((module) => module.NoticeList), { ssr: false });

const none = 0;

/** Where notices appear; stands once, in the frame of all pages. */
export function Toaster() {
  const count = useSyncExternalStore(
    subscribeToNotices,
    () => waitingNotices().length,
    () => none,
  );
  const [isNeeded, setIsNeeded] = useState(false);
  if (count > 0 && !isNeeded) {
    setIsNeeded(true);
  }
  return isNeeded ? <NoticeList /> : null;
}
