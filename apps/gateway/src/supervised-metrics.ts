import cluster from 'node:cluster';

import { mergeMetrics, type MetricSet } from '@turnpike/platform/telemetry/merge-metrics';
import type { Telemetry } from '@turnpike/platform/telemetry/telemetry';
import { z } from 'zod';

/** What gateway processes and their supervisor say to each other about figures. `askedBy` is a cluster worker's id. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('metrics-wanted'), askedBy: z.number() }),
  z.object({ type: z.literal('metrics-asked'), askedBy: z.number() }),
  z.object({ type: z.literal('metrics-told'), askedBy: z.number(), set: z.array(z.looseObject({})) }),
  z.object({ type: z.literal('metrics-merged'), askedBy: z.number(), sets: z.array(z.array(z.looseObject({}))) }),
]);

type Message = z.output<typeof messageSchema>;

/** The process's line to its supervisor. */
export type ProcessChannel = Pick<NodeJS.Process, 'on' | 'send'>;

/** A process that hangs must not take the figures of the others with it. */
const collectTimeoutMs = 2_000;

/** The figures that a process shows: its own, or under a supervisor those of all processes on the port. */
export function metricsSource(
  telemetry: Telemetry,
  channel: ProcessChannel,
): () => Promise<{ readonly contentType: string; readonly text: string }> {
  const { worker } = cluster;
  if (worker === undefined) {
    return async () => ({ contentType: telemetry.contentType, text: await telemetry.render() });
  }
  const waiting: ((sets: readonly MetricSet[]) => void)[] = [];
  channel.on('message', (raw: unknown) => {
    const message = readMessage(raw);
    if (message?.type === 'metrics-asked') {
      void telemetry.toJson().then((set) => channel.send?.({ type: 'metrics-told', askedBy: message.askedBy, set }));
    } else if (message?.type === 'metrics-merged') {
      for (const resolve of waiting.splice(0)) {
        resolve(message.sets);
      }
    }
  });
  return async () => {
    const all = new Promise<readonly MetricSet[]>((resolve) => waiting.push(resolve));
    const alone = new Promise<readonly MetricSet[]>((resolve) => {
      setTimeout(() => void telemetry.toJson().then((set) => resolve([set])), collectTimeoutMs).unref();
    });
    channel.send?.({ type: 'metrics-wanted', askedBy: worker.id } satisfies Message);
    return { contentType: telemetry.contentType, text: await mergeMetrics(await Promise.race([all, alone])) };
  };
}

/** The supervisor's half: asks every process for its figures when one of them is asked for all. */
export function relayMetricsBetweenWorkers(): void {
  const collections = new Map<number, { readonly waitingFor: Set<number>; readonly sets: MetricSet[] }>();
  cluster.on('message', (from, raw: unknown) => {
    const message = readMessage(raw);
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    if (message?.type === 'metrics-wanted') {
      collections.set(from.id, { waitingFor: new Set(workers.map(({ id }) => id)), sets: [] });
      for (const worker of workers) {
        worker.send({ type: 'metrics-asked', askedBy: from.id } satisfies Message);
      }
    } else if (message?.type === 'metrics-told') {
      const collection = collections.get(message.askedBy);
      if (collection?.waitingFor.delete(from.id) === true) {
        collection.sets.push(message.set);
        if (collection.waitingFor.size === 0) {
          collections.delete(message.askedBy);
          cluster.workers?.[message.askedBy]?.send({
            type: 'metrics-merged',
            askedBy: message.askedBy,
            sets: collection.sets,
          });
        }
      }
    }
  });
}

function readMessage(raw: unknown): Message | undefined {
  const parsed = messageSchema.safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}
