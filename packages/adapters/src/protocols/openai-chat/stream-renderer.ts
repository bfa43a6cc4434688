import type { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import type { StreamEvent } from '@turnpike/core/inference/stream';
import type { Json, JsonObject } from '@turnpike/core/json';

import type { SettledUsage } from '../../lane.ts';
import type { StreamRenderer, StreamRenderOptions } from '../../protocol.ts';
import { renderAnnotation } from './annotations.ts';
import { renderDetail } from './reasoning.ts';
import { renderChunk, renderErrorChunk, renderUsageChunk, streamEnd, type ChunkIdentity } from './stream-frames.ts';

/** Writes chat completion chunks. Every chunk carries the same id, model and time. */
export class ChatStreamRenderer implements StreamRenderer {
  private readonly options: StreamRenderOptions;
  private identity: ChunkIdentity;
  private readonly begun = new Set<number>();
  /** The number of the thought being told, by choice; a signature or encrypted data ends it. */
  private readonly thoughts = new Map<number, number>();
  /** Tool calls with free text instead of JSON, as `choice:index`. */
  private readonly customCalls = new Set<string>();

  constructor(options: StreamRenderOptions) {
    this.options = options;
    this.identity = { id: options.fallbackId, model: options.model, createdAtSeconds: options.nowSeconds };
  }

  render(event: StreamEvent): string {
    switch (event.type) {
      case 'message-start':
        this.identity = {
          id: event.id === '' ? this.options.fallbackId : event.id,
          model: this.options.model,
          createdAtSeconds: event.createdAtSeconds ?? this.options.nowSeconds,
        };
        return this.delta(0, {});
      case 'text-delta':
        return this.delta(event.choice, { content: event.text });
      case 'refusal-delta':
        return this.delta(event.choice, { refusal: event.text });
      case 'reasoning-delta':
        return this.reasoning(event.choice, 'text', event.text, event.issuer);
      case 'reasoning-signature':
        return this.reasoning(event.choice, 'signature', event.signature, event.issuer);
      case 'reasoning-redacted':
        return this.reasoning(event.choice, 'encrypted', event.data, event.issuer);
      case 'tool-call-start':
        if (event.kind === 'custom') {
          this.customCalls.add(`${event.choice}:${event.index}`);
        }
        return this.delta(event.choice, { tool_calls: [renderCallStart(event)] });
      case 'tool-call-delta':
        return this.delta(event.choice, {
          tool_calls: [
            this.customCalls.has(`${event.choice}:${event.index}`)
              ? { index: event.index, custom: { input: event.arguments } }
              : { index: event.index, function: { arguments: event.arguments } },
          ],
        });
      case 'citation':
        return this.delta(event.choice, { annotations: [renderAnnotation(event.citation)] });
      case 'logprobs':
        return this.delta(event.choice, {}, { logprobs: event.logprobs });
      case 'native':
        return event.protocol === 'openai-chat' ? this.delta(event.choice, event.payload) : '';
      case 'choice-end':
        return this.delta(
          event.choice,
          {},
          {
            finish_reason: event.finishReason,
            native_finish_reason: event.nativeFinishReason,
          },
        );
      case 'usage':
      case 'message-end':
      case 'error':
        // The lane settles first, then asks for the end.
        return '';
    }
  }

  renderEnd(settled: SettledUsage): string {
    return this.options.sendsUsage ? renderUsageChunk(this.identity, settled) + streamEnd : streamEnd;
  }

  renderError(error: GatewayError, requestId: string, settled: SettledUsage | undefined): string {
    return renderErrorChunk(this.identity, error, requestId, settled) + streamEnd;
  }

  private reasoning(
    choice: number,
    kind: 'text' | 'signature' | 'encrypted',
    value: string,
    issuer: ProtocolName,
  ): string {
    const index = this.thoughts.get(choice) ?? 0;
    if (kind !== 'text') {
      this.thoughts.set(choice, index + 1);
    }
    const text = kind === 'text' ? { reasoning: value } : {};
    // Details exist to be sent back: only reasoning that its issuer can check needs them.
    return issuer === 'openai-chat' && kind === 'text'
      ? this.delta(choice, text)
      : this.delta(choice, { ...text, reasoning_details: [renderDetail(kind, value, issuer, index)] });
  }

  private delta(choice: number, delta: JsonObject, rest: { readonly [key: string]: Json } = {}): string {
    const isFirst = !this.begun.has(choice);
    this.begun.add(choice);
    const opening = isFirst ? { role: 'assistant', content: '', ...delta } : delta;
    return renderChunk(this.identity, { choices: [{ index: choice, delta: opening, finish_reason: null, ...rest }] });
  }
}

function renderCallStart(event: Extract<StreamEvent, { type: 'tool-call-start' }>): JsonObject {
  const { index, id, name } = event;
  return event.kind === 'custom'
    ? { index, id, type: 'custom', custom: { name, input: '' } }
    : { index, id, type: 'function', function: { name, arguments: '' } };
}
