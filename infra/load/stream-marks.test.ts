import { describe, expect, test } from 'vitest';
import { chunkMark, StreamMarks } from './stream-marks.ts';

const text = Buffer.from(
  `data: {"content":"${chunkMark}"}\n\ndata: {"content":"${chunkMark}${chunkMark}"}\n\ndata: [DONE]\n\n`,
);

describe('the marks of a stream', () => {
  test.each([1, 2, 3, 5, 7, 11, 64, 1_000])('are found when the bytes come %i at a time', (size) => {
    const marks = new StreamMarks();
    let chunks = 0;
    for (let at = 0; at < text.length; at += size) chunks += marks.feed(text.subarray(at, at + size));
    expect(chunks).toBe(3);
    expect(marks.isDone).toBe(true);
  });

  test('lack the terminator when the stream was cut', () => {
    const marks = new StreamMarks();
    expect(marks.feed(text.subarray(0, text.length - 5))).toBe(3);
    expect(marks.isDone).toBe(false);
  });
});
