import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { headerOf } from './answer.ts';
import type { Answer, Call } from './answer.ts';
import { AnswerCache } from './answer-cache.ts';
import { CallCounter } from './call-counter.ts';
import { chatEndpoint } from './chat-endpoint.ts';
import { deliverySteps, isPlain } from './delivery-steps.ts';
import { anthropicMessages } from './dialects/anthropic-messages/index.ts';
import { modelEndpoints } from './dialects/models.ts';
import { openaiChat } from './dialects/openai-chat/index.ts';
import { embeddingsEndpoint } from './dialects/openai-embeddings.ts';
import { digestOf, digestOfBytes } from './digest.ts';
import { refusedAnswer } from './endpoint.ts';
import type { Endpoint, SandboxState } from './endpoint.ts';
import { playSteps, sendWhole } from './player.ts';
import type { Delivered } from './player.ts';
import { PromptMemory } from './prompt-memory.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { TruthFile } from './truth-file.ts';
import { openai } from './vendors/openai.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Where to append what was asked and answered; nothing is written without it. */
  readonly truthFile?: string;
  /** Another seed gives other answers to the same requests. */
  readonly seed?: number;
}

export interface Sandbox {
  /** Base address without a path: `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly port: number;
  readonly truth?: TruthFile;
  /** Ends every connection and closes the truth file. */
  readonly close: () => Promise<void>;
}

/** Longer than any client's pool keeps a connection, so that the client and not the sandbox closes an idle one. */
const keepAliveTimeoutMs = 120_000;

/**
 * Starts a provider that behaves as real ones do on the wire. Rejects when the port is taken or the truth file cannot
 * be opened.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, seed = 0 } = options;
  const state: SandboxState = { seed, memory: new PromptMemory(), counter: new CallCounter() };
  const truth = options.truthFile === undefined ? undefined : new TruthFile(options.truthFile);
  const endpoints = [
    chatEndpoint(openaiChat, state),
    chatEndpoint(anthropicMessages, state),
    embeddingsEndpoint(state),
    ...modelEndpoints,
  ];
  const desk = new Desk(endpoints, state, truth);
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs, noDelay: true }, (request, response) => {
    desk.take(request, response);
  });
  const bound = await listen(server, port, host);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    ...(truth === undefined ? {} : { truth }),
    close: () => close(server, truth),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function close(server: Server, truth: TruthFile | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
  truth?.close();
}

/** Takes requests in and answers out: finds the endpoint, keeps reusable answers, records the truth. */
class Desk {
  readonly #endpoints: readonly Endpoint[];
  readonly #state: SandboxState;
  readonly #truth: TruthFile | undefined;
  readonly #cache = new AnswerCache();

  constructor(endpoints: readonly Endpoint[], state: SandboxState, truth: TruthFile | undefined) {
    this.#endpoints = endpoints;
    this.#state = state;
    this.#truth = truth;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const [path = '/'] = (request.url ?? '/').split('?');
    const method = request.method ?? 'GET';
    if (path === '/health') {
      response.end('ok');
      return;
    }
    readBody(request, (problem, body) => {
      const call: Call = { method, path, headers: request.headers, body };
      const endpoint = this.#find(call);
      if (problem !== undefined) this.#deliver(call, response, endpoint, this.#refuse(call, endpoint, problem));
      else this.#answer(call, response, endpoint);
    });
  }

  #find(call: Call): Endpoint | undefined {
    const isAnthropic = headerOf(call, 'x-api-key') !== '' || headerOf(call, 'anthropic-version') !== '';
    const fitting = this.#endpoints.filter((one) => one.method === call.method && one.path.test(call.path));
    return fitting.find((one) => (one.vendor.name === 'anthropic') === isAnthropic) ?? fitting[0];
  }

  #answer(call: Call, response: ServerResponse, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) {
      this.#deliver(call, response, endpoint, this.#refuse(call, endpoint, notThere(call)));
      return;
    }
    const bodyDigest = digestOfBytes(call.body);
    try {
      const owner = endpoint.vendor.admit(call);
      const key = `${endpoint.dialect} ${call.path} ${bodyDigest}`;
      const kept = this.#cache.get(key);
      if (kept !== undefined) {
        this.#send(call, response, kept.answer, kept.bytes);
        return;
      }
      const requestId = digestOf(this.#state.seed, endpoint.dialect, call.path, bodyDigest);
      const answer = endpoint.answer(call, owner, requestId);
      const bytes = isPlain(answer) ? this.#cache.keep(key, answer) : undefined;
      if (bytes === undefined) this.#deliver(call, response, endpoint, answer);
      else this.#send(call, response, answer, bytes);
    } catch (problem) {
      this.#deliver(call, response, endpoint, this.#refuse(call, endpoint, refusalFrom(problem)));
    }
  }

  #refuse(call: Call, endpoint: Endpoint | undefined, refusal: Refusal): Answer {
    const requestId = digestOf(this.#state.seed, call.path, digestOfBytes(call.body));
    const facts = {
      dialect: endpoint?.dialect ?? 'none',
      model: null,
      isStream: false,
      usage: null,
      generatedTokens: 0,
    };
    return refusedAnswer(endpoint?.vendor ?? openai, refusal, requestId, facts);
  }

  #send(call: Call, response: ServerResponse, answer: Answer, bytes: Buffer): void {
    sendWhole(response, answer, bytes, this.#recorder(call, answer));
  }

  #deliver(call: Call, response: ServerResponse, endpoint: Endpoint | undefined, answer: Answer): void {
    const vendor = endpoint?.vendor ?? openai;
    const requestId = digestOf(this.#state.seed, call.path, 'stream-error');
    const errorFrame = vendor.renderStreamError(new Refusal('overloaded'), requestId);
    playSteps(response, answer, deliverySteps(answer, errorFrame), this.#recorder(call, answer));
  }

  /** Writes the first half of the truth now, and returns what writes the second. */
  #recorder(call: Call, answer: Answer): (delivered: Delivered) => void {
    const truth = this.#truth;
    if (truth === undefined || call.method !== 'POST') return () => undefined;
    const attempt = headerOf(call, 'x-client-request-id');
    const name = truth.begin(attempt, answer.facts, answer.status);
    return (delivered) => truth.end(name, attempt, answer.facts, delivered);
  }
}

/** A bug of the sandbox shows in the answer, where whoever reads it will look, and leaves other streams alone. */
function refusalFrom(problem: unknown): Refusal {
  if (problem instanceof Refusal) return problem;
  const reason = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  return new Refusal('server', `The sandbox itself failed: ${reason}`, { code: 'sandbox_bug' });
}

function notThere(call: Call): Refusal {
  return new Refusal('not_found', `Invalid URL (${call.method} ${call.path})`, { code: null });
}
