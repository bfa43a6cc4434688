import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { codeOfError, isFileError } from './spool-files.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { SpoolAnswer, SpoolRequest, SpoolThreadData } from './spool-messages.ts';

/** While the disk refuses, records wait in this thread and are tried again this often. */
const retryMs = 200;
/** After this long a disk that refuses does not hold up the end of the process any more. */
const closingMs = 5_000;

/**
 * The body of the spool's thread: takes what has been handed over until now, writes it as one group, syncs once, says
 * how far it is durable. While it syncs, the next group gathers in the port.
 */
function serve(port: MessagePort, options: SpoolThreadData): void {
  const writer = new SegmentWriter(options);
  let waiting: string[] = [];
  let through = 0;
  let closeByMs: number | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isHealthy = true;

  const answer = (message: SpoolAnswer): void => port.postMessage(message);

  const take = (request: SpoolRequest): void => {
    if (request.type === 'close') {
      closeByMs = Date.now() + closingMs;
    } else {
      waiting = waiting.length === 0 ? [...request.records] : waiting.concat(request.records);
      through = request.through;
    }
  };

  const report = (error: unknown): void => {
    isHealthy = false;
    answer({ type: 'failed', code: codeOfError(error) });
    retry ??= setTimeout(() => {
      retry = undefined;
      work();
    }, retryMs);
  };

  const writeWaiting = (): boolean => {
    for (;;) {
      try {
        const { segment, offset, writtenBytes } = writer.writeGroup(waiting, Date.now());
        waiting = [];
        answer({ type: 'durable', through, position: { segment, offset }, writtenBytes });
        return true;
      } catch (error) {
        report(error);
        // The reserve is for what has been accepted already; with it freed the group may fit.
        if (!isFileError(error, 'ENOSPC') || !writer.freeReserve()) {
          return false;
        }
      }
    }
  };

  const work = (): void => {
    if (waiting.length > 0 && !writeWaiting()) {
      if (closeByMs !== undefined && Date.now() >= closeByMs) {
        close();
      }
      return;
    }
    if (closeByMs !== undefined) {
      close();
      return;
    }
    try {
      writer.keepReserve();
      if (!isHealthy) {
        isHealthy = true;
        answer({ type: 'healthy' });
      }
    } catch (error) {
      writer.freeReserve();
      report(error);
    }
  };

  const close = (): void => {
    clearTimeout(retry);
    writer.close();
    port.close();
  };

  port.on('message', (request: SpoolRequest) => {
    take(request);
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      take(next.message);
    }
    if (retry === undefined || closeByMs !== undefined) {
      work();
    }
  });
  work();
}

if (parentPort !== null) {
  serve(parentPort, workerData);
}
