'use client';

import { Field as BaseField } from '@base-ui/react/field';
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps, type ReactNode } from 'react';
import { controlClass } from './control-class.ts';
import { cx } from './cx.ts';

interface FieldProps {
  readonly label: ReactNode;
  /** Under the control, while there is no error. */
  readonly hint?: ReactNode | undefined;
  readonly error?: string | undefined;
  /** Right of the label: an unobtrusive link or the word "optional". */
  readonly aside?: ReactNode | undefined;
  readonly name?: string | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A label, a control, and one line under it that is either the hint or the error; wired together for screen readers. */
export function Field({ label, hint, error, aside, name, className, children }: FieldProps) {
  return (
    <BaseField.Root
      {...(name === undefined ? {} : { name })}
      invalid={error !== undefined}
      className={cx('flex flex-col gap-1.5', className)}
    >
      <div className="flex items-baseline justify-between gap-3">
        <BaseField.Label className="text-sm font-medium text-text">{label}</BaseField.Label>
        {aside !== undefined && <span className="text-xs text-subtle">{aside}</span>}
      </div>
      {children}
      {error !== undefined && (
        <BaseField.Error match className="flex items-start gap-1.5 text-xs text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </BaseField.Error>
      )}
      {error === undefined && hint !== undefined && (
        <BaseField.Description className="text-xs text-subtle">{hint}</BaseField.Description>
      )}
    </BaseField.Root>
  );
}

/** A text input; inside a Field it takes the label, the hint and the error from it. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <BaseField.Control {...rest} className={cx(controlClass, className)} />;
}

/** A number with a word for its unit at the right edge. */
export function UnitInput({ unit, className, ...rest }: ComponentProps<'input'> & { readonly unit: string }) {
  return (
    <div className="relative">
      <Input inputMode="numeric" {...rest} className={cx('tabular pr-24', className)} />
      <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-xs text-subtle">
        {unit}
      </span>
    </div>
  );
}

/** A password that can be looked at. */
export function PasswordInput({ className, ...rest }: ComponentProps<'input'>) {
  const [isShown, setIsShown] = useState(false);
  return (
    <div className="relative">
      <Input {...rest} type={isShown ? 'text' : 'password'} className={cx('pr-10', className)} />
      <button
        type="button"
        aria-label={isShown ? 'Hide password' : 'Show password'}
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
        className="absolute inset-y-0 right-0 flex w-9 items-center justify-center rounded-r-md text-subtle hover:text-text focus-visible:outline-offset-[-2px]"
      >
        {isShown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
      </button>
    </div>
  );
}
