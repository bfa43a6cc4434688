'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { ApiError } from '#lib/api-error.ts';
import { spreadIssues } from '#lib/form-errors.ts';
import { useScope } from '#features/shell/scope.tsx';
import { Button } from '#ui/button.tsx';
import { Drawer } from '#ui/drawer.tsx';
import { Problem } from '#ui/problem.tsx';
import { KeyFields } from './key-fields.tsx';
import { newKeyForm, expiresAtOf, keyFormSchema, rateLimitsOf } from './key-form-values.ts';
import { NewSecret, TryKey } from './key-secret.tsx';
import { useCreateKey } from './use-api-keys.ts';

const formId = 'create-key-form';

interface CreateKeyDrawerProps {
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onClosed: () => void;
}

/** Asks for a key's settings, then shows its secret once. Closing forgets the secret. */
export function CreateKeyDrawer({ projectId, isOpen, onOpenChange, onClosed }: CreateKeyDrawerProps) {
  const { organizationId, gatewayUrl } = useScope();
  const [created, setCreated] = useState<CreatedApiKeyView>();
  const [failure, setFailure] = useState<ApiError>();
  const form = useForm({ resolver: zodResolver(keyFormSchema), defaultValues: newKeyForm });
  const { mutateAsync } = useCreateKey(organizationId);

  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      setCreated(
        await mutateAsync({
          projectId,
          name: values.name,
          kind: values.kind,
          expiresAt: expiresAtOf(values),
          rateLimits: rateLimitsOf(values),
        }),
      );
    } catch (error) {
      setFailure(spreadIssues(form, error, ['name']));
    }
  });

  return created === undefined ? (
    <Drawer
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      title="Create a key"
      description="A key calls models for this project."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={form.formState.isSubmitting}>
            Create key
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
        {failure !== undefined && (
          <Problem title="The key was not created" message={failure.message} requestId={failure.requestId} />
        )}
        <KeyFields form={form} isNew />
      </form>
    </Drawer>
  ) : (
    <Drawer
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      isDismissible={false}
      title={`${created.apiKey.name} is ready`}
      description="Your new key, and a first call with it."
      footer={
        <Button variant="primary" onClick={() => onOpenChange(false)}>
          I have copied it
        </Button>
      }
    >
      <div className="flex flex-col gap-7">
        <NewSecret created={created} takesFocus />
        <section className="flex min-w-0 flex-col gap-3">
          <h3 className="text-sm font-semibold">Make a call</h3>
          <TryKey secret={created.secret} gatewayUrl={gatewayUrl} />
        </section>
      </div>
    </Drawer>
  );
}
