'use client';

import { useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field, Input } from './field.tsx';

interface ConfirmDangerProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onClosed?: (() => void) | undefined;
  readonly title: string;
  /** What will stop working, in plain facts. */
  readonly impact: ReactNode;
  /** Has to be typed before the button works. */
  readonly phrase: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
}

/** For what cannot be undone: says what it breaks and has the name typed. */
export function ConfirmDanger({
  isOpen,
  onOpenChange,
  onClosed,
  title,
  impact,
  phrase,
  action,
  isBusy,
  onConfirm,
}: ConfirmDangerProps) {
  const [typed, setTyped] = useState('');
  const isConfirmed = typed.trim() === phrase.trim();
  return (
    <Dialog
      isOpen={isOpen}
      onClosed={onClosed}
      onOpenChange={(next) => {
        setTyped('');
        onOpenChange(next);
      }}
      title={title}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form="confirm-danger" variant="danger" disabled={!isConfirmed} isBusy={isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id="confirm-danger"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isConfirmed) {
            onConfirm();
          }
        }}
      >
        <div className="text-sm text-pretty text-muted">{impact}</div>
        <Field
          label={
            <>
              Type <strong className="font-semibold break-all">{phrase}</strong> to confirm
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      </form>
    </Dialog>
  );
}
