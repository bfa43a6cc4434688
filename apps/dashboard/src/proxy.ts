import { NextResponse, type NextRequest } from 'next/server';
import { isDevelopment } from './main.ts';

/**
 * A policy of its own for every page: scripts run only with the nonce of this response, nothing comes from elsewhere,
 * and nobody may frame us. Attributes may carry styles (floating elements are placed by them); style sheets may not.
 */
export function contentSecurityPolicy(nonce: string, isLenient: boolean): string {
  return [
    `default-src 'self'`,
    // Development alone needs eval: React rebuilds server stacks with it.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isLenient ? ` 'unsafe-eval'` : ''}`,
    // The overlay of the development server brings styles without a nonce, and a nonce would switch 'unsafe-inline' off.
    `style-src 'self' ${isLenient ? `'unsafe-inline'` : `'nonce-${nonce}'`}`,
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self'${isLenient ? ' ws:' : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    'report-uri /csp-report',
  ].join('; ');
}

/** Runs before every page: gives it its nonce and its policy. Who may see it is decided where the data is read. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID();
  const policy = contentSecurityPolicy(nonce, isDevelopment);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

export const config = {
  matcher: ['/((?!api/|v1/|health/|csp-report|_next/static|icon.svg).*)'],
};
