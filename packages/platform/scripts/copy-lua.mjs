import { cpSync } from 'node:fs';

// The compiler copies only what it compiles; the scripts are read from beside the compiled files.
cpSync(new URL('../src/redis/scripts/', import.meta.url), new URL('../dist/redis/scripts/', import.meta.url), {
  recursive: true,
});
