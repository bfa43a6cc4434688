import { log } from '#server/main.ts';
import { createReportGate, violationOf } from '#server/csp-report.ts';

export const dynamic = 'force-dynamic';

/** A report is a few hundred bytes; anything larger is somebody else's idea. */
const maxBytes = 8_192;

const mayLog = createReportGate(() => Date.now());

/** Where browsers report what the content security policy stopped: a mistake of ours, or an attack that failed. */
export async function POST(request: Request): Promise<Response> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!(length <= maxBytes)) {
    return new Response(null, { status: 413 });
  }
  const violation = violationOf(await request.text());
  if (violation !== undefined && mayLog()) {
    log().warn({ event: 'csp_violation', ...violation }, 'A browser reported a breach of the content security policy.');
  }
  return new Response(null, { status: 204 });
}
