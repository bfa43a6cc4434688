'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { loginInput } from '@turnpike/contracts/auth';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { ApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { spreadIssues } from '#lib/form-errors.ts';
import { Button } from '#ui/button.tsx';
import { Field, Input, PasswordInput } from '#ui/field.tsx';
import { Problem } from '#ui/problem.tsx';

/** Signs in and goes to `next`. What was typed stays through every error. */
export function LoginForm({ next }: { readonly next: string }) {
  const router = useRouter();
  const [failure, setFailure] = useState<ApiError>();
  const form = useForm({ resolver: zodResolver(loginInput), defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async (body) => {
    setFailure(undefined);
    try {
      await call('login', { body });
    } catch (error) {
      setFailure(spreadIssues(form, error, ['email', 'password']));
      form.setError('root', {});
      return;
    }
    router.replace(next);
    router.refresh();
  });

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      {failure !== undefined && (
        <Problem title="You are not signed in" message={failure.message} requestId={failure.requestId} />
      )}
      <Field label="E-mail" error={errors.email?.message}>
        <Input {...form.register('email')} type="email" autoComplete="username" inputMode="email" />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <PasswordInput {...form.register('password')} autoComplete="current-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isSubmitting || isSubmitSuccessful} className="mt-1">
        Sign in
      </Button>
    </form>
  );
}
