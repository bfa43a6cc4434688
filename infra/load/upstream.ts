/**
 * The provider of the bench: fixed bytes, as cheap as Node can send them, so that the targets are measured and not it.
 * A request whose message holds `[load: chunks=64 gap=20]` and that asks for a stream gets so many chunks with so many
 * milliseconds between them; every other request gets one JSON answer.
 */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { readMessageHead } from './message-head.ts';
import { announcePort } from './programs.ts';
import { chunkMark } from './stream-marks.ts';

const content = 'The quick brown fox jumps over the lazy dog. '.repeat(6).trimEnd();
const identity = '"id":"chatcmpl-load0000000000000000000000000","created":1767225600,"model":"gpt-4o-mini"';
const usage =
  '"usage":{"prompt_tokens":57,"completion_tokens":64,"total_tokens":121,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}';
const answer = `{${identity},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${content}","refusal":null},"logprobs":null,"finish_reason":"stop"}],${usage}}`;
const wholeResponse = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_load\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
);

const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\nx-request-id: req_load\r\ntransfer-encoding: chunked\r\n\r\n';
const chunkStart = `data: {${identity},"object":"chat.completion.chunk","choices":[{"index":0,"delta":`;
const chunkEnd = ',"logprobs":null,"finish_reason":null}]}\n\n';
const contentChunk = framed(`${chunkStart}{"content":"${chunkMark}"}${chunkEnd}`);
const opening = framed(`${chunkStart}{"role":"assistant","content":""}${chunkEnd}`);
const finish = framed(`${chunkStart}{},"logprobs":null,"finish_reason":"stop"}]}\n\n`);
const report = framed(`data: {${identity},"object":"chat.completion.chunk","choices":[],${usage}}\n\n`);
const done = `${framed('data: [DONE]\n\n')}0\r\n\r\n`;

/** A piece of a body in the chunked coding. */
function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** Sends chunks on a schedule that does not slip: a late one does not delay the next. */
function stream(socket: Socket, chunks: number, gapMs: number, wantsUsage: boolean): void {
  const startedMs = performance.now();
  let sent = 0;
  socket.write(streamHead + opening);
  const next = () => {
    if (socket.destroyed) return;
    sent += 1;
    if (sent < chunks) {
      socket.write(contentChunk);
      setTimeout(next, Math.max(1, startedMs + (sent + 1) * gapMs - performance.now()));
      return;
    }
    socket.write(contentChunk + finish + (wantsUsage ? report : '') + done);
  };
  setTimeout(next, gapMs);
}

const order = /\[load: chunks=(\d+) gap=(\d+)\]/;

function respond(socket: Socket, startLine: string, body: Buffer): void {
  if (startLine.startsWith('GET ')) {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    return;
  }
  const streamAt = body.indexOf('"stream":true');
  if (streamAt < 0) {
    socket.write(wholeResponse);
    return;
  }
  const [, chunks = '64', gap = '20'] = order.exec(body.toString('latin1')) ?? [];
  stream(socket, Number(chunks), Number(gap), body.includes('"include_usage":true'));
}

const server = createServer({ noDelay: true }, (socket) => {
  let pending: Buffer = Buffer.alloc(0);
  // The client going away in the middle of a stream is an ordinary end here.
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (let head = readMessageHead(pending); head !== undefined; head = readMessageHead(pending)) {
      if (head.isChunked) {
        socket.destroy(new Error('The load upstream reads bodies with a content-length only.'));
        return;
      }
      const end = head.size + (head.contentLength ?? 0);
      if (pending.length < end) return;
      respond(socket, head.startLine, pending.subarray(head.size, end));
      pending = pending.subarray(end);
    }
  });
});
announcePort(server);
