import { postUsage, type PostUsagePorts } from '@turnpike/billing/post-usage';

/** Brings usage that gateways have shipped into the ledger. Safe to run twice: a batch is posted once. */
export async function runPostLedger(_payload: object, ports: PostUsagePorts): Promise<void> {
  await postUsage(ports);
}
