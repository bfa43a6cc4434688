import { defineConfig } from 'vitest/config';

/** Tests run the TypeScript source of every workspace package; nothing has to be built first. */
const conditions = ['@turnpike/source', 'module', 'node', 'development|production'];

/** The gateway and the worker use Nest's decorators, whose constructor types are read at run time. */
const legacyDecorators = { decorator: { legacy: true, emitDecoratorMetadata: true } } as const;

const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Global set-ups are loaded in an environment of vitest's own.
  environments: { __vitest__: { resolve: { conditions, externalConditions: conditions } } },
  oxc: legacyDecorators,
};

const never = ['**/node_modules/**', '**/dist/**', '**/.next/**', '.local/**'];
const ownFiles = (suffix: string) => ['packages', 'apps'].map((group) => `${group}/*/src/**/*.${suffix}.{ts,tsx}`);

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            ...ownFiles('test'),
            'tooling/**/*.test.ts',
            'test/structure/**/*.test.ts',
            'infra/load/**/*.test.ts',
          ],
          exclude: [...never, '**/*.it.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: [...ownFiles('it.test'), 'tooling/**/*.it.test.ts', 'prisma/**/*.it.test.ts'],
          exclude: never,
          globalSetup: ['test/global-setup.ts'],
          // A guard against hanging, not a measure: the machine may be busy with other things.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/product-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/product-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
