import { config, log } from '#server/main.ts';
import { forward, onlyHeaders } from '#server/forward.ts';

export const dynamic = 'force-dynamic';

/**
 * "Run it here": a call of the gateway from a page, under the page's own origin, because its content security policy
 * allows no other. The key comes from the page, which was shown it a moment ago; it is passed on and kept nowhere.
 * Only what the call needs is sent: no cookie of the dashboard reaches the gateway.
 */
export function POST(request: Request): Promise<Response> {
  const { gatewayInternalUrl, gatewayPublicUrl } = config().upstreams;
  const headers = onlyHeaders(request, ['authorization', 'content-type', 'accept', 'x-forwarded-for']);
  return forward(request, { origin: gatewayInternalUrl ?? gatewayPublicUrl, headers, logger: log() });
}
