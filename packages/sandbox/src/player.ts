import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { Step } from './delivery-steps.ts';

/** What left through the socket. */
export interface Delivered {
  readonly generatedTokens: number;
  readonly bytesSent: number;
  readonly chunksSent: number;
  readonly isUsageSent: boolean;
  /** `finished`: all of it was handed over; `aborted`: the client went first; `cut`: a fault of ours ended it. */
  readonly outcome: 'finished' | 'aborted' | 'cut';
}

/** A step that is late by more than this does not make the next ones hurry. */
const mostCatchUpMs = 50;
/** How long a cut waits for the bytes before it to leave, when the client does not read. */
const cutPatienceMs = 1_000;

/** Sends an answer in one write. Calls `onEnd` once, when the response is closed. */
export function sendWhole(
  response: ServerResponse,
  answer: Answer,
  bytes: Buffer,
  onEnd: (delivered: Delivered) => void,
): void {
  response.once('close', () => {
    const isFinished = response.writableFinished;
    onEnd({
      generatedTokens: answer.facts.generatedTokens,
      bytesSent: isFinished ? bytes.length : Math.max(0, bytes.length - response.writableLength),
      chunksSent: 1,
      isUsageSent: isFinished,
      outcome: isFinished ? 'finished' : 'aborted',
    });
  });
  response.writeHead(answer.status, answer.headers);
  response.end(bytes);
}

/**
 * Walks through the steps of an answer. It waits for the client when the client is slow, stops when the client goes,
 * and keeps no timer of its own beyond one `setTimeout` per pause: Node keeps those of one length in one list, so that
 * a thousand paced streams are cheap. Calls `onEnd` once, when the response is closed.
 */
export function playSteps(
  response: ServerResponse,
  answer: Answer,
  steps: Iterator<Step>,
  onEnd: (delivered: Delivered) => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  let isCut = false;
  let due = performance.now();
  let generatedTokens = 0;
  let bytesSent = 0;
  let chunksSent = 0;
  let isUsageSent = false;

  response.once('close', () => {
    clearTimeout(timer);
    steps.return?.();
    onEnd({
      generatedTokens,
      bytesSent,
      chunksSent,
      isUsageSent,
      outcome: isCut ? 'cut' : response.writableFinished ? 'finished' : 'aborted',
    });
  });

  const cut = () => {
    isCut = true;
    const { socket } = response;
    if (socket === null || socket.writableLength === 0) {
      socket?.destroy();
      return;
    }
    socket.once('drain', () => socket.destroy());
    timer = setTimeout(() => socket.destroy(), cutPatienceMs);
  };

  const run = () => {
    if (response.destroyed) return;
    response.cork();
    const why = walk();
    response.uncork();
    switch (why) {
      case 'end':
        response.end();
        break;
      case 'cut':
        cut();
        break;
      case 'reset':
        isCut = true;
        response.socket?.resetAndDestroy();
        break;
      case 'full':
        // What was corked may have left with the uncorking, and its `drain` with it: no other would come.
        if (response.writableNeedDrain) {
          response.once('drain', run);
        } else {
          setImmediate(run);
        }
        break;
      case 'flush':
        setImmediate(run);
        break;
      case 'wait':
        timer = setTimeout(run, Math.max(1, due - performance.now()));
        break;
      case 'hang':
        break;
    }
  };

  /** Takes steps until one of them needs the world to move on. */
  const walk = (): 'end' | 'full' | 'wait' | 'flush' | 'cut' | 'reset' | 'hang' => {
    for (;;) {
      const { value: step, done } = steps.next();
      if (done === true) return 'end';
      switch (step.do) {
        case 'head':
          response.writeHead(answer.status, answer.headers);
          response.flushHeaders();
          break;
        case 'wait': {
          if (step.ms <= 0) break;
          const now = performance.now();
          due = Math.max(due, now - mostCatchUpMs) + step.ms;
          if (due > now + 0.5) return 'wait';
          break;
        }
        case 'send': {
          if (step.bytes.length === 0) break;
          generatedTokens += step.tokens;
          const size = typeof step.bytes === 'string' ? Buffer.byteLength(step.bytes) : step.bytes.length;
          if (step.part === 'content' || step.part === 'usage') chunksSent += 1;
          if (step.part === 'usage') isUsageSent = true;
          const hasRoom = response.write(step.bytes, (problem) => {
            if (!problem) bytesSent += size;
          });
          if (!hasRoom) return 'full';
          break;
        }
        case 'flush':
        case 'cut':
        case 'reset':
        case 'hang':
          return step.do;
      }
    }
  };
  run();
}
