/**
 * The last resort of `startRedis`, as a process of its own: a Redis in JavaScript that keeps everything in memory and is
 * slow under load. Good enough to look at the product, never for anything else.
 */
import { Server } from 'node:net';
import { createRedisServer } from 'js-redis-server';

// The library listens on every interface and has no password; nothing but this machine may reach it.
// oxlint-disable-next-line typescript/unbound-method -- it is called with the server below
const { listen } = Server.prototype;
Object.defineProperty(Server.prototype, 'listen', {
  value(this: Server, port: number) {
    return listen.call(this, { port, host: '127.0.0.1' });
  },
});

await createRedisServer({ port: Number(process.argv[2]), databaseCount: Number(process.argv[3]) });
