import { errorCatalogue, GatewayError } from '@turnpike/core/errors';
import { boundedText } from './log-facts.ts';

/** What a log line says of an error: never the error object itself, whose fields may hold bodies and headers. */
export interface DescribedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly blame?: string;
  readonly detail?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const maxMessageLength = 1000;
const maxDetailLength = 2000;
const maxStackLength = 4000;
const maxCauses = 3;

/**
 * Describes anything thrown. The stack is written only where we are to blame: for our own `gateway` errors and for
 * errors that nobody foresaw. What is no Error is described by its type alone.
 */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, isOurFault(thrown), maxCauses);
}

function describe(thrown: unknown, hasStack: boolean, remainingCauses: number): DescribedError {
  if (!(thrown instanceof Error)) {
    return { name: 'NotAnError', message: `A value of type ${typeof thrown} was thrown.` };
  }
  const code = codeOf(thrown);
  const cause = thrown.cause !== undefined && remainingCauses > 0;
  return {
    name: boundedText(thrown.name),
    ...(code === undefined ? {} : { code }),
    message: boundedText(thrown.message, maxMessageLength),
    ...(thrown instanceof GatewayError ? { blame: errorCatalogue[thrown.code].blame } : {}),
    ...(thrown instanceof GatewayError && thrown.detail !== undefined
      ? { detail: boundedText(JSON.stringify(thrown.detail), maxDetailLength) }
      : {}),
    ...(hasStack && thrown.stack !== undefined ? { stack: boundedText(thrown.stack, maxStackLength) } : {}),
    ...(cause ? { cause: describe(thrown.cause, hasStack, remainingCauses - 1) } : {}),
  };
}

function isOurFault(thrown: unknown): boolean {
  return !(thrown instanceof GatewayError) || errorCatalogue[thrown.code].blame === 'gateway';
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? boundedText(`${code}`) : undefined;
}
