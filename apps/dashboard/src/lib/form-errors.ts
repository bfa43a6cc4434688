import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { toApiError, type ApiError } from './api-error.ts';

/**
 * Puts a refusal of the API where it belongs: beside the fields that it names. Returns what is left to be said about
 * the form as a whole, or undefined when every issue found its field.
 */
export function spreadIssues<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  thrown: unknown,
  fields: readonly FieldPath<Values>[],
): ApiError | undefined {
  const error = toApiError(thrown);
  let unplaced = error.issues.length === 0;
  for (const issue of error.issues) {
    const field = fields.find((name) => issue.path === name || issue.path.startsWith(`${name}.`));
    if (field === undefined) {
      unplaced = true;
    } else {
      form.setError(field, { message: issue.message });
    }
  }
  return unplaced ? error : undefined;
}
