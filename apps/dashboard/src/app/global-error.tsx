'use client';

/** The last resort, when even the frame failed: no component of ours can be trusted here, so it uses none. */
export default function GlobalError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <main
          style={{
            maxWidth: '32rem',
            margin: '20vh auto',
            padding: '0 1.25rem',
            font: '16px/1.5 system-ui, sans-serif',
          }}
        >
          <h1 style={{ fontSize: '1.25rem' }}>This page could not be shown</h1>
          <p>
            Something failed on our side. Your calls are not affected.
            {error.digest === undefined ? '' : ` Reference: ${error.digest}`}
          </p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
