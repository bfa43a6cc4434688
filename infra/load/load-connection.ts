import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { BodyReader } from './body-reader.ts';
import { monotonicUs } from './clock.ts';
import { readMessageHead, statusOf } from './message-head.ts';
import type { MessageHead } from './message-head.ts';
import { StreamMarks } from './stream-marks.ts';

/** What became of one request. Times are microseconds. */
export interface Exchange {
  readonly startedAtUs: number;
  readonly endedAtUs: number;
  /** 0 when the connection failed before a status came. */
  readonly status: number;
  readonly chunks: number;
  /** Whether the stream's terminator came. */
  readonly isDone: boolean;
  readonly firstTokenUs: number | undefined;
  readonly problem: string;
}

/**
 * One keep-alive connection on a plain socket: sends a request, reads its answer, says what it saw, and sends the next as
 * long as `onExchange` answers true. A connection that breaks is opened anew.
 */
export class LoadConnection {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #onExchange: (exchange: Exchange) => boolean;
  #socket: Socket | undefined;
  #head: MessageHead | undefined;
  #body: BodyReader | undefined;
  #marks = new StreamMarks();
  #pending: Buffer = Buffer.alloc(0);
  #isBusy = false;
  #startedAtUs = 0;
  #firstTokenUs: number | undefined;
  #chunks = 0;
  #preview = '';

  constructor(port: number, request: Buffer, onExchange: (exchange: Exchange) => boolean) {
    this.#port = port;
    this.#request = request;
    this.#onExchange = onExchange;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Sends the first request. */
  start(): void {
    this.#send();
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', (problem) => {
      if (socket === this.#socket && this.#isBusy) this.#preview = problem.message;
    });
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#socket = undefined;
      if (this.#isBusy) this.#end(this.#preview === '' ? 'the connection closed early' : this.#preview);
    });
    this.#socket = socket;
    return socket;
  }

  #send(): void {
    this.#head = undefined;
    this.#body = undefined;
    this.#marks = new StreamMarks();
    this.#firstTokenUs = undefined;
    this.#chunks = 0;
    this.#preview = '';
    this.#isBusy = true;
    const socket = this.#socket ?? this.#open();
    this.#startedAtUs = monotonicUs();
    socket.write(this.#request);
  }

  #read(bytes: Buffer): void {
    if (!this.#isBusy) return;
    let rest = bytes;
    if (this.#head === undefined) {
      const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
      this.#head = readMessageHead(all);
      if (this.#head === undefined) {
        this.#pending = all;
        return;
      }
      this.#pending = Buffer.alloc(0);
      this.#body = new BodyReader(this.#head);
      rest = all.subarray(this.#head.size);
    }
    const nowUs = monotonicUs();
    this.#body?.feed(rest, (content) => this.#take(content, nowUs));
    if (this.#body?.isDone === true) this.#end('');
  }

  #take(content: Buffer, nowUs: number): void {
    if (this.#head !== undefined && statusOf(this.#head) !== 200) this.#preview += content.toString('latin1', 0, 200);
    const found = this.#marks.feed(content);
    if (found > 0) this.#firstTokenUs ??= nowUs - this.#startedAtUs;
    this.#chunks += found;
  }

  #end(failure: string): void {
    this.#isBusy = false;
    const status = this.#head === undefined ? 0 : statusOf(this.#head);
    if (this.#head?.closesConnection === true) this.close();
    const goesOn = this.#onExchange({
      startedAtUs: this.#startedAtUs,
      endedAtUs: monotonicUs(),
      status,
      chunks: this.#chunks,
      isDone: this.#marks.isDone,
      firstTokenUs: this.#firstTokenUs,
      problem: failure === '' && status !== 200 ? `${status} ${this.#preview}` : failure,
    });
    if (goesOn) this.#send();
    else this.close();
  }
}
