import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisConnection } from './redis-client.ts';

/** A script of this folder that is run on the keys of one bucket. */
export interface RedisScript {
  /** Runs the script atomically. The first argument routes it; the reply is raw. Throws what Redis answers. */
  run(redis: RedisConnection, tag: string, args: readonly string[]): Promise<unknown>;
}

const prelude = readScript('prelude');

/** Loads `scripts/<name>.lua` behind the shared prelude. Only its digest travels, except to a server that lacks it. */
export function loadScript(name: string): RedisScript {
  const source = `${prelude}${readScript(name)}`;
  const digest = createHash('sha1').update(source).digest('hex');
  return {
    async run(redis, tag, args) {
      try {
        return await redis.evalsha(digest, 1, tag, ...args);
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
          return await redis.eval(source, 1, tag, ...args);
        }
        throw error;
      }
    },
  };
}

function readScript(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
