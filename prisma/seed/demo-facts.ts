import { z } from 'zod';

const demoFactsSchema = z.object({
  email: z.string(),
  password: z.string(),
  organizationId: z.string(),
  projectId: z.string(),
  apiKey: z.string(),
  testKey: z.string(),
  managementKey: z.string(),
});

/** What a person or a test needs to use the demo organization. Ids as callers write them; keys in full. */
export type DemoFacts = z.output<typeof demoFactsSchema>;

/** Reads the facts that an earlier seed printed as its last line; undefined when there are none or they are incomplete. */
export function parseDemoFacts(text: string): DemoFacts | undefined {
  const line = text.trim().split('\n').at(-1) ?? '';
  try {
    const facts = demoFactsSchema.safeParse(JSON.parse(line));
    return facts.success ? facts.data : undefined;
  } catch {
    // Not JSON: an empty or cut file. The secrets in it are lost, and the seed makes new ones.
    return undefined;
  }
}
