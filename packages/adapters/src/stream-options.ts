import type { LaneContext } from './lane.ts';
import type { StreamRenderOptions } from './protocol.ts';

/** What the writer of a client's stream needs of an attempt. */
export function streamOptions(context: LaneContext): StreamRenderOptions {
  return {
    model: context.servedModel,
    sendsUsage: context.sendsUsage,
    fallbackId: context.attemptId,
    nowSeconds: Math.floor(context.nowMs / 1000),
  };
}
