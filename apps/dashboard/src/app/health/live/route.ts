export const dynamic = 'force-dynamic';

/** Whether the process answers at all; for the container's health check. */
export function GET(): Response {
  return Response.json({ status: 'live' }, { headers: { 'cache-control': 'no-store' } });
}
