import { describe, expect, test } from 'vitest';
import { BodyReader } from './body-reader.ts';
import { readMessageHead, statusOf } from './message-head.ts';

const next = 'HTTP/1.1 200 OK\r\n\r\n';
const counted = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello${next}`);
const chunked = Buffer.from(
  `HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\na: b\r\n\r\n${next}`,
);

/** Reads one message whose bytes come `size` at a time. */
function read(message: Buffer, size: number) {
  let pending: Buffer = Buffer.alloc(0);
  let rest: Buffer = Buffer.alloc(0);
  let body = '';
  let reader: BodyReader | undefined;
  let status = 0;
  for (let at = 0; at < message.length; at += size) {
    let bytes = message.subarray(at, at + size);
    if (reader === undefined) {
      pending = Buffer.concat([pending, bytes]);
      const head = readMessageHead(pending);
      if (head === undefined) continue;
      status = statusOf(head);
      reader = new BodyReader(head);
      bytes = pending.subarray(head.size);
    }
    if (reader.isDone) rest = Buffer.concat([rest, bytes]);
    else rest = reader.feed(bytes, (content) => (body += content.toString('latin1')));
  }
  return { status, body, isDone: reader?.isDone, rest: rest.toString('latin1') };
}

describe('a message', () => {
  test.each([1, 2, 3, 7, 20, 500])('with a length is read from pieces of %i bytes', (size) => {
    expect(read(counted, size)).toEqual({ status: 200, body: 'hello', isDone: true, rest: next });
  });

  test.each([1, 2, 3, 7, 20, 500])('in the chunked coding is read from pieces of %i bytes', (size) => {
    expect(read(chunked, size)).toEqual({ status: 201, body: 'hello', isDone: true, rest: next });
  });

  test('that is cut short is not done', () => {
    expect(read(counted.subarray(0, counted.length - next.length - 1), 10).isDone).toBe(false);
    expect(read(chunked.subarray(0, chunked.length - next.length - 2), 10).isDone).toBe(false);
  });

  test('with an empty body is done at once', () => {
    const head = readMessageHead(Buffer.from('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'));
    expect(head === undefined ? undefined : new BodyReader(head).isDone).toBe(true);
  });
});
