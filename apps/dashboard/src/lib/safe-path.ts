/**
 * Where to go after signing in: a path of this site, or `fallback`. Whatever a browser could read as another host
 * (`//evil`, `/\evil`, a scheme) is not a path of this site.
 */
export function safePath(path: string | undefined, fallback: string): string {
  return path !== undefined && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(path) ? path : fallback;
}
