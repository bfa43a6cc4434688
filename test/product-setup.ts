import { startTestProduct } from '@turnpike/tooling/test-product';
import type { TestProject } from 'vitest/node';

/** What every end-to-end and browser test is given: a running product that all of them share. */
declare module 'vitest' {
  interface ProvidedContext {
    product: SharedProduct;
  }
}

interface SharedProduct {
  gatewayUrl: string;
  dashboardUrl: string;
  sandboxUrl: string;
  demo: {
    email: string;
    password: string;
    organizationId: string;
    projectId: string;
    apiKey: string;
    testKey: string;
    managementKey: string;
  };
  /** Owner of the database, for looking at what the product wrote. */
  ownerUrl: string;
  redisUrl: string;
  /** One line of JSON for every call that reached the sandbox. */
  truthFile: string;
}

/** Once per run: the whole product as child processes. A test that ends or restarts processes starts its own instead. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const product = await startTestProduct({ name: project.name });
  const { state, ownerUrl, redisUrl, truthFile } = product;
  project.provide('product', { ...state, ownerUrl, redisUrl, truthFile });
  return () => product.stop();
}
