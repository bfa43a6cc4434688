import { config, log } from '#server/main.ts';
import { forward, forwardedHeaders } from '#server/forward.ts';

/**
 * The management API under the dashboard's own origin: everything that changes something, and every fetch of the
 * browser, goes through here. Next's rewrites would bake the address into the build.
 */
function pass(request: Request): Promise<Response> {
  const { controlApiUrl: origin } = config().upstreams;
  return forward(request, { origin, headers: forwardedHeaders(request), logger: log() });
}

export const dynamic = 'force-dynamic';

export { pass as DELETE, pass as GET, pass as HEAD, pass as PATCH, pass as POST, pass as PUT };
