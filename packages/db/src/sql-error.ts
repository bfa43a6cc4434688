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

/** Whether a value that must be unique exists already, as the driver (23505) or the typed client (P2002) says it. */
export function isUniqueViolation(error: unknown): boolean {
  const state = sqlState(error);
  return state === '23505' || state === 'P2002';
}
