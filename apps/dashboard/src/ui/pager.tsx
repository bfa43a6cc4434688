'use client';

import { ArrowLeft, ArrowRight, ChevronsLeft } from 'lucide-react';
import { Button } from './button.tsx';

interface PagerProps {
  /** What is on this page: "50 requests". */
  readonly words: string;
  readonly isFirst: boolean;
  readonly hasNext: boolean;
  readonly onFirst: () => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

/** Steps through a list by cursor: forwards, back the way one came, and to the start. A cursor knows no page numbers. */
export function Pager({ words, isFirst, hasNext, onFirst, onBack, onNext }: PagerProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-xs text-subtle">
      <span className="tabular">{words}</span>
      <div className="flex gap-1.5">
        {!isFirst && (
          <>
            <Button size="sm" variant="ghost" onClick={onFirst}>
              <ChevronsLeft aria-hidden />
              Newest
            </Button>
            <Button size="sm" onClick={onBack}>
              <ArrowLeft aria-hidden />
              Back
            </Button>
          </>
        )}
        {hasNext && (
          <Button size="sm" onClick={onNext}>
            Older
            <ArrowRight aria-hidden />
          </Button>
        )}
      </div>
    </div>
  );
}
