import 'server-only';
import type { ReadContext } from '@turnpike/control/read';
import { GatewayError } from '@turnpike/core/errors';
import { notFound } from 'next/navigation';
import type { z } from 'zod';
import { readContextOf } from './actor.ts';

/**
 * Reads what a page shows first. Undefined when its address asks for something that makes no sense, such as a key that is
 * no id: the browser then asks the management API the same, and shows its words beside the filter. What does not exist
 * for the reader is a 404.
 */
export async function firstRead<Query, View>(
  organizationId: string,
  schema: z.ZodType<Query>,
  query: Readonly<Record<string, unknown>>,
  read: (context: ReadContext, query: Query) => Promise<View>,
): Promise<View | undefined> {
  const parsed = schema.safeParse(query);
  if (!parsed.success) {
    return undefined;
  }
  try {
    return await read(await readContextOf(organizationId), parsed.data);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_request') {
      return undefined;
    }
    if (error instanceof GatewayError && error.code === 'not_found') {
      notFound();
    }
    throw error;
  }
}
