import type { Instrumentation } from 'next';

/*
 * Where the process begins, as far as Next lets us: it calls `register` before the first request. The literal tests of
 * process.env are replaced while compiling, which keeps Node's modules out of what Next compiles for its edge runtime.
 */

/** True in `next dev` alone. */
export const isDevelopment = process.env.NODE_ENV === 'development';

/** Checks the configuration and readies the process; not while Next builds, when there is no configuration. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] === 'nodejs' && process.env['NEXT_PHASE'] !== 'phase-production-build') {
    const { start } = await import('./server/start.ts');
    start();
  }
}

/** Every error that a page or route handler did not handle, under the digest that its visitor was shown. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env['NEXT_RUNTIME'] === 'nodejs') {
    const { recordRequestError } = await import('./server/start.ts');
    recordRequestError(error, { method: request.method, route: context.routePath });
  }
};
