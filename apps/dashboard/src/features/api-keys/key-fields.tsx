'use client';

import { Controller, type UseFormReturn } from 'react-hook-form';
import { Field, Input, UnitInput } from '#ui/field.tsx';
import { Segmented } from '#ui/segmented.tsx';
import { Select } from '#ui/select.tsx';
import type { KeyFormValues } from './key-form-values.ts';

interface KeyFieldsProps {
  readonly form: UseFormReturn<KeyFormValues>;
  /** A key that exists cannot change what it opens. */
  readonly isNew: boolean;
}

const expiryChoices = [
  { value: 'never', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'custom', label: 'On a day of your choice' },
] as const;

/** The settings of a key; the same for creating and for changing one. */
export function KeyFields({ form, isNew }: KeyFieldsProps) {
  const { errors } = form.formState;
  const expiry = form.watch('expiry');
  return (
    <div className="flex flex-col gap-5">
      <Field
        label="Name"
        hint="Where it will be used: a service, an environment, a person."
        error={errors.name?.message}
      >
        <Input {...form.register('name')} autoComplete="off" placeholder="Production" />
      </Field>
      {isNew && (
        <Controller
          control={form.control}
          name="kind"
          render={({ field }) => (
            <div className="flex flex-col gap-1.5">
              <span className="text-sm font-medium">Mode</span>
              <Segmented
                label="Mode"
                className="self-start"
                value={field.value}
                onChange={field.onChange}
                choices={[
                  { value: 'live', label: 'Live' },
                  { value: 'test', label: 'Test' },
                ]}
              />
              <span className="text-xs text-subtle">
                {field.value === 'live'
                  ? 'Calls real providers and is paid from your balance.'
                  : 'Calls the sandbox provider alone: same protocol, made-up answers, never billed.'}
              </span>
            </div>
          )}
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Controller
          control={form.control}
          name="expiry"
          render={({ field }) => (
            <Field label="Expires">
              <Select label="Expires" choices={expiryChoices} value={field.value} onChange={field.onChange} />
            </Field>
          )}
        />
        {expiry === 'custom' && (
          <Field label="Last day" error={errors.expiryDate?.message}>
            <Input {...form.register('expiryDate')} type="date" />
          </Field>
        )}
      </div>
      <fieldset className="flex flex-col gap-3 border-t border-line pt-5">
        <legend className="float-left text-sm font-semibold">Rate limits</legend>
        <p className="clear-both text-xs text-subtle">
          Calls beyond a limit get a 429 that names it and says when to retry. Leave a field empty for no limit.
        </p>
        <Field label="Requests" error={errors.requestsPerMinute?.message}>
          <UnitInput
            {...form.register('requestsPerMinute')}
            unit="per minute"
            autoComplete="off"
            placeholder="No limit"
          />
        </Field>
        <Field label="Tokens" error={errors.tokensPerMinute?.message}>
          <UnitInput
            {...form.register('tokensPerMinute')}
            unit="per minute"
            autoComplete="off"
            placeholder="No limit"
          />
        </Field>
        <Field label="Concurrency" error={errors.concurrency?.message}>
          <UnitInput {...form.register('concurrency')} unit="at once" autoComplete="off" placeholder="No limit" />
        </Field>
      </fieldset>
    </div>
  );
}
