import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { numberOf, objectOf, objectsOf, stringOf } from '../../loose.ts';

interface CallState {
  readonly vendorIndex: number | undefined;
  vendorId: string | undefined;
  readonly index: number;
  name: string | undefined;
  kind: 'function' | 'custom';
  /** Arguments that came before the name. */
  early: string;
}

/** What a tool call says, without the choice that it belongs to. */
export type ToolCallEvent =
  | {
      readonly type: 'tool-call-start';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly kind: 'function' | 'custom';
    }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly arguments: string };

/**
 * Gives each tool call of a choice an index of our own, in order of appearance. Vendors number calls from 0, all as
 * 0, or not at all: a piece belongs to the call of its index, unless it brings another id and a name of its own; then
 * to the call of its id; then to the last one.
 */
export class ToolCallIndexes {
  private readonly calls: CallState[] = [];
  private readonly messageId: string;

  constructor(messageId: string) {
    this.messageId = messageId;
  }

  get count(): number {
    return this.calls.length;
  }

  /** Reads `tool_calls`, and the older `function_call`, of a delta or message. */
  read(delta: JsonObject): readonly ToolCallEvent[] {
    const events: ToolCallEvent[] = [];
    for (const piece of objectsOf(delta['tool_calls'])) {
      this.readPiece(piece, events);
    }
    if (isJsonObject(delta['function_call'])) {
      this.readPiece({ index: legacyIndex, function: delta['function_call'] }, events);
    }
    return events;
  }

  /** Calls whose name never came: they are told at the end, so that nothing is lost. */
  flush(): readonly ToolCallEvent[] {
    const events: ToolCallEvent[] = [];
    for (const call of this.calls) {
      if (call.name === undefined) {
        this.start(call, '', events);
      }
    }
    return events;
  }

  private readPiece(piece: JsonObject, events: ToolCallEvent[]): void {
    const custom = isJsonObject(piece['custom']) ? piece['custom'] : undefined;
    const inner = custom ?? objectOf(piece['function']);
    const name = stringOf(inner['name']) || undefined;
    const vendorId = stringOf(piece['id']) || undefined;
    const given = inner['arguments'] ?? inner['input'];
    const text = given === undefined || given === null ? '' : typeof given === 'string' ? given : JSON.stringify(given);
    const known = this.find(numberOf(piece['index']), vendorId, name);
    if (known === undefined && name === undefined && vendorId === undefined && text === '') {
      // Some vendors fill in an empty call where there is none.
      return;
    }
    const call = known ?? this.add(numberOf(piece['index']), vendorId);
    call.vendorId ??= vendorId;
    if (custom !== undefined || piece['type'] === 'custom') {
      call.kind = 'custom';
    }
    if (call.name === undefined) {
      call.early += text;
      if (name !== undefined) {
        this.start(call, name, events);
      }
    } else if (text !== '') {
      events.push({ type: 'tool-call-delta', index: call.index, arguments: text });
    }
  }

  private start(call: CallState, name: string, events: ToolCallEvent[]): void {
    call.name = name;
    const id = call.vendorId ?? `call_${this.messageId.replaceAll(/[^\w-]/g, '')}_${call.index}`;
    events.push({ type: 'tool-call-start', index: call.index, id, name, kind: call.kind });
    if (call.early !== '') {
      events.push({ type: 'tool-call-delta', index: call.index, arguments: call.early });
      call.early = '';
    }
  }

  /** The call that a piece belongs to; undefined when it begins a new one. */
  private find(index: number | undefined, id: string | undefined, name: string | undefined): CallState | undefined {
    if (index !== undefined) {
      const isAnother = (call: CallState): boolean =>
        id !== undefined && call.vendorId !== undefined && id !== call.vendorId && name !== undefined;
      return this.calls.findLast((call) => call.vendorIndex === index && !isAnother(call));
    }
    if (id !== undefined) {
      return this.calls.find((call) => call.vendorId === id);
    }
    return name === undefined ? this.calls.at(-1) : undefined;
  }

  private add(vendorIndex: number | undefined, vendorId: string | undefined): CallState {
    const index = this.calls.length;
    const call: CallState = { vendorIndex, vendorId, index, name: undefined, kind: 'function', early: '' };
    this.calls.push(call);
    return call;
  }
}

/** The older form allows one call; its place cannot be a vendor's index. */
const legacyIndex = -1;
