/** The five-character SQLSTATE of a Postgres error, however deep a driver has wrapped it; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    for (const field of ['originalCode', 'code']) {
      const code: unknown = Reflect.get(current, field);
      if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
        return code;
      }
    }
    current = Reflect.get(current, 'cause');
  }
  return undefined;
}
