'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { createProjectInput } from '@turnpike/contracts/organizations';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { ApiError } from '#lib/api-error.ts';
import { call } from '#lib/api.ts';
import { spreadIssues } from '#lib/form-errors.ts';
import { routes } from '#lib/routes.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Field, Input } from '#ui/field.tsx';
import { Problem } from '#ui/problem.tsx';
import { useScope } from './scope.tsx';

interface CreateProjectDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onClosed: () => void;
}

const formId = 'create-project';

/** Names a new project and goes to its keys, because a project without a key does nothing. */
export function CreateProjectDialog({ isOpen, onOpenChange, onClosed }: CreateProjectDialogProps) {
  const { organizationId } = useScope();
  const router = useRouter();
  const [failure, setFailure] = useState<ApiError>();
  const form = useForm({ resolver: zodResolver(createProjectInput), defaultValues: { name: '' } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (body) => {
    setFailure(undefined);
    try {
      const project = await call('createProject', { params: { organizationId }, body });
      onOpenChange(false);
      router.push(routes.keys(organizationId, project.id));
      router.refresh();
    } catch (error) {
      setFailure(spreadIssues(form, error, ['name']));
    }
  });

  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onClosed={onClosed}
      title="New project"
      description="Keys, logs and usage belong to a project. Use one for each product, team or environment."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={isSubmitting}>
            Create project
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        {failure !== undefined && (
          <Problem title="The project was not created" message={failure.message} requestId={failure.requestId} />
        )}
        <Field label="Name" error={errors.name?.message}>
          <Input {...form.register('name')} autoComplete="off" placeholder="Checkout assistant" />
        </Field>
      </form>
    </Dialog>
  );
}
