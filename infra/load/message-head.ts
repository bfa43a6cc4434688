/** What the load tools need to know of the head of an HTTP message. */
export interface MessageHead {
  /** Bytes up to and including the blank line. */
  readonly size: number;
  /** The first line: `POST /v1/chat/completions HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Undefined when the message has no content-length. */
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
  readonly closesConnection: boolean;
}

const blankLine = Buffer.from('\r\n\r\n');

/** Reads the head at the start of `bytes`; undefined while it is not all there. */
export function readMessageHead(bytes: Buffer): MessageHead | undefined {
  const end = bytes.indexOf(blankLine);
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const lines = text.toLowerCase();
  const lengthAt = lines.indexOf('\r\ncontent-length:');
  return {
    size: end + blankLine.length,
    startLine: text.slice(0, text.indexOf('\r\n') < 0 ? text.length : text.indexOf('\r\n')),
    contentLength: lengthAt < 0 ? undefined : Number.parseInt(lines.slice(lengthAt + '\r\ncontent-length:'.length), 10),
    isChunked: lines.includes('\r\ntransfer-encoding: chunked'),
    closesConnection: lines.includes('\r\nconnection: close'),
  };
}

/** The status of a response's first line; NaN when it is none. */
export function statusOf(head: MessageHead): number {
  return Number.parseInt(head.startLine.slice('HTTP/1.1 '.length), 10);
}
