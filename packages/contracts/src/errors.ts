import { z } from 'zod';

/** One field that is wrong, with a path such as `rateLimits.0.limit`. */
export const fieldIssueSchema = z
  .object({ path: z.string(), message: z.string() })
  .meta({ id: 'FieldIssue', description: 'One field that is wrong.' });

export type FieldIssue = z.infer<typeof fieldIssueSchema>;

/** The one shape of every error of the management API. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable, for programs.', examples: ['not_found'] }),
      message: z.string().meta({ description: 'For people; says what to do.' }),
      param: z.string().optional().meta({ description: 'The first field that is wrong.' }),
      issues: z.array(fieldIssueSchema).optional().meta({ description: 'Every field that is wrong.' }),
      requestId: z.string().meta({ description: 'Quote it when you ask for help.' }),
    }),
  })
  .meta({ id: 'Error' });

export type ErrorView = z.infer<typeof errorSchema>;
