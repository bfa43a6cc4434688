'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { signUpInput } from '@turnpike/contracts/auth';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { ApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { spreadIssues } from '#lib/form-errors.ts';
import { Button } from '#ui/button.tsx';
import { Field, Input, PasswordInput } from '#ui/field.tsx';
import { Problem } from '#ui/problem.tsx';

/** Creates the account, the organization and its first project, and goes on to the first key. */
export function SignUpForm() {
  const router = useRouter();
  const [failure, setFailure] = useState<ApiError>();
  const form = useForm({
    resolver: zodResolver(signUpInput),
    defaultValues: { email: '', password: '', organizationName: '' },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async (body) => {
    setFailure(undefined);
    try {
      await call('signUp', { body });
    } catch (error) {
      setFailure(spreadIssues(form, error, ['email', 'password', 'organizationName']));
      form.setError('root', {});
      return;
    }
    router.replace('/onboarding');
    router.refresh();
  });

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      {failure !== undefined && (
        <Problem title="The account was not created" message={failure.message} requestId={failure.requestId} />
      )}
      <Field label="E-mail" error={errors.email?.message}>
        <Input {...form.register('email')} type="email" autoComplete="username" inputMode="email" />
      </Field>
      <Field
        label="Password"
        hint="At least 12 characters. A sentence is easier to remember."
        error={errors.password?.message}
      >
        <PasswordInput {...form.register('password')} autoComplete="new-password" />
      </Field>
      <Field
        label="Organization"
        aside="optional"
        hint="Made from your e-mail address if you leave it empty."
        error={errors.organizationName?.message}
      >
        <Input
          {...form.register('organizationName', {
            setValueAs: (value: string) => (value.trim() === '' ? undefined : value),
          })}
          autoComplete="organization"
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isSubmitting || isSubmitSuccessful} className="mt-1">
        Create account
      </Button>
    </form>
  );
}
