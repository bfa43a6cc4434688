import type { GatewayError } from '@turnpike/core/errors';
import type { ProtocolName } from '@turnpike/core/inference/request';
import type { FinishReason, StreamEvent } from '@turnpike/core/inference/stream';
import { zeroUsage, type Usage } from '@turnpike/core/inference/usage';
import { nanoUsd } from '@turnpike/core/money';
import type { JsonObject } from '@turnpike/core/json';

import type { SettledUsage } from '../../lane.ts';
import type { StreamRenderer, StreamRenderOptions } from '../../protocol.ts';
import { renderCitations } from './citations.ts';
import { markSignature } from './foreign-reasoning.ts';
import { renderStopReason } from './stop-reason.ts';
import { renderErrorEvent, renderEvent, streamEnd } from './stream-frames.ts';
import { renderUsage } from './usage.ts';

type OpenBlock =
  | { readonly type: 'text'; readonly index: number }
  | { readonly type: 'thinking'; readonly index: number; readonly issuer: ProtocolName };

/**
 * Writes message events. Text and thinking are one block at a time; tool calls stay open side by side until the turn
 * moves on, because vendors interleave them and a block that is closed cannot be written to.
 */
export class MessagesStreamRenderer implements StreamRenderer {
  private readonly options: StreamRenderOptions;
  private hasStarted = false;
  private blockCount = 0;
  private open: OpenBlock | undefined;
  /** Open tool calls: our index of the call → index of its block. */
  private readonly calls = new Map<number, number>();
  private usage: Usage | undefined;
  private finishReason: FinishReason = 'stop';
  private stopSequence: string | undefined;
  private hasRefused = false;

  constructor(options: StreamRenderOptions) {
    this.options = options;
  }

  render(event: StreamEvent): string {
    if ('choice' in event) {
      // Only one alternative can be told here, and nobody can have asked for more.
      return event.choice === 0 ? this.renderChoice(event) : '';
    }
    switch (event.type) {
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'message-start':
        return this.start(event.id);
      case 'message-end':
      case 'error':
        // The lane settles first, then asks for the end.
        return '';
    }
  }

  renderEnd(settled: SettledUsage): string {
    const reason = this.finishReason === 'stop' && this.hasRefused ? 'content_filter' : this.finishReason;
    const delta = {
      stop_reason: renderStopReason(reason, this.stopSequence),
      stop_sequence: this.stopSequence ?? null,
    };
    return (
      this.start('') +
      this.closeAll() +
      renderEvent('message_delta', { delta, usage: renderUsage(settled) }) +
      streamEnd
    );
  }

  renderError(error: GatewayError, requestId: string): string {
    return renderErrorEvent(error, requestId);
  }

  private renderChoice(event: Extract<StreamEvent, { readonly choice: number }>): string {
    switch (event.type) {
      case 'text-delta':
        return this.text(event.text);
      case 'refusal-delta':
        this.hasRefused = true;
        return this.text(event.text);
      case 'reasoning-delta':
        return this.thinking(event.issuer, { type: 'thinking_delta', thinking: event.text });
      case 'reasoning-signature': {
        const signature = markSignature(event.signature, event.issuer);
        // A signature ends its thought: the next one is another block.
        return this.thinking(event.issuer, { type: 'signature_delta', signature }) + this.closeOpen();
      }
      case 'reasoning-redacted':
        return this.wholeBlock({ type: 'redacted_thinking', data: markSignature(event.data, event.issuer) });
      case 'tool-call-start':
        return this.startCall(event);
      case 'tool-call-delta':
        return this.callDelta(event.index, event.arguments);
      case 'citation':
        return renderCitations([event.citation])
          .map((citation) => this.text('') + this.delta(this.open?.index ?? 0, { type: 'citations_delta', citation }))
          .join('');
      case 'native':
        return event.protocol === 'anthropic-messages' ? this.wholeBlock(event.payload) : '';
      case 'choice-end':
        this.finishReason = event.finishReason;
        this.stopSequence = event.stopSequence;
        return this.closeAll();
      case 'logprobs':
        return '';
    }
  }

  private start(id: string): string {
    if (this.hasStarted) {
      return '';
    }
    this.hasStarted = true;
    // What was read is known at the end for most vendors; the last event then tells all of it.
    const known: SettledUsage = { usage: this.usage ?? zeroUsage, source: 'reported', chargeNanoUsd: nanoUsd(0n) };
    const { cost: _cost, cost_nano_usd: _exact, is_byok: _byok, ...usage } = renderUsage(known);
    return renderEvent('message_start', {
      message: {
        id: id === '' ? `msg_${this.options.fallbackId}` : id,
        type: 'message',
        role: 'assistant',
        model: this.options.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    });
  }

  private text(text: string): string {
    if (this.open?.type === 'text') {
      return text === '' ? '' : this.delta(this.open.index, { type: 'text_delta', text });
    }
    const opening = this.closeOpen() + this.openBlock({ type: 'text', text: '' });
    const index = this.blockCount - 1;
    this.open = { type: 'text', index };
    return opening + (text === '' ? '' : this.delta(index, { type: 'text_delta', text }));
  }

  private thinking(issuer: ProtocolName, delta: JsonObject): string {
    if (this.open?.type === 'thinking' && this.open.issuer === issuer) {
      return this.delta(this.open.index, delta);
    }
    const opening = this.closeOpen() + this.openBlock({ type: 'thinking', thinking: '', signature: '' });
    const index = this.blockCount - 1;
    this.open = { type: 'thinking', index, issuer };
    return opening + this.delta(index, delta);
  }

  private startCall(event: Extract<StreamEvent, { type: 'tool-call-start' }>): string {
    const opening = this.closeOpen() + this.openBlock({ type: 'tool_use', id: event.id, name: event.name, input: {} });
    this.calls.set(event.index, this.blockCount - 1);
    return opening;
  }

  private callDelta(call: number, json: string): string {
    const index = this.calls.get(call);
    return index === undefined || json === ''
      ? ''
      : this.delta(index, { type: 'input_json_delta', partial_json: json });
  }

  /** A block that comes in one piece. */
  private wholeBlock(block: JsonObject): string {
    const opening = this.closeOpen() + this.openBlock(block);
    return opening + renderEvent('content_block_stop', { index: this.blockCount - 1 });
  }

  private openBlock(block: JsonObject): string {
    return this.start('') + renderEvent('content_block_start', { index: this.blockCount++, content_block: block });
  }

  private delta(index: number, delta: JsonObject): string {
    return renderEvent('content_block_delta', { index, delta });
  }

  private closeOpen(): string {
    const { open } = this;
    this.open = undefined;
    return open === undefined ? '' : renderEvent('content_block_stop', { index: open.index });
  }

  private closeAll(): string {
    const stops = [...this.calls.values()].map((index) => renderEvent('content_block_stop', { index }));
    this.calls.clear();
    return this.closeOpen() + stops.join('');
  }
}
