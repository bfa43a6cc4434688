/** A Redis server that has been started for the tests. */
export interface ProvidedRedis {
  url: string;
  /** How many logical databases it has. */
  databases: number;
}

/** What the global setup of the integration tests gives to every test file. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Owner of the server's databases; its path names the one to connect to first. */
    postgresOwnerUrl: string;
    /** Role without its prefix, such as `app`, to password. */
    rolePasswords: Record<string, string>;
    redis: ProvidedRedis;
  }
}
