'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { ApiError } from '#lib/api-error.ts';
import { spreadIssues } from '#lib/form-errors.ts';
import { useScope } from '#features/shell/scope.tsx';
import { Button } from '#ui/button.tsx';
import { Drawer } from '#ui/drawer.tsx';
import { Problem } from '#ui/problem.tsx';
import { notify } from '#ui/notice-store.ts';
import { KeyFields } from './key-fields.tsx';
import { expiresAtOf, formOfKey, keyFormSchema, otherLimitsOf, rateLimitsOf } from './key-form-values.ts';
import { useUpdateKey } from './use-api-keys.ts';

const formId = 'edit-key-form';

interface EditKeyDrawerProps {
  readonly apiKey: ApiKeyView;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onClosed: () => void;
}

/** Changes the name, the expiry and the limits of a key. Gateways obey within a second. */
export function EditKeyDrawer({ apiKey, isOpen, onOpenChange, onClosed }: EditKeyDrawerProps) {
  const { organizationId } = useScope();
  const [failure, setFailure] = useState<ApiError>();
  const form = useForm({ resolver: zodResolver(keyFormSchema), defaultValues: formOfKey(apiKey) });
  const { mutateAsync } = useUpdateKey(organizationId);

  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined);
    const touched = form.formState.dirtyFields;
    try {
      await mutateAsync({
        key: apiKey,
        body: {
          name: values.name,
          rateLimits: [...rateLimitsOf(values), ...otherLimitsOf(apiKey)],
          // An untouched expiry keeps its very moment, which the form shows as a day only.
          ...(touched.expiry === true || touched.expiryDate === true ? { expiresAt: expiresAtOf(values) } : {}),
        },
      });
      notify({ title: `Saved ${values.name}` });
      onOpenChange(false);
    } catch (error) {
      setFailure(spreadIssues(form, error, ['name']));
    }
  });

  return (
    <Drawer
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      title={`Edit ${apiKey.name}`}
      description="Changes reach the gateways within a second."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={form.formState.isSubmitting}>
            Save changes
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
        {failure !== undefined && (
          <Problem title="The key was not changed" message={failure.message} requestId={failure.requestId} />
        )}
        <KeyFields form={form} isNew={false} />
      </form>
    </Drawer>
  );
}
