import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { ProtocolName } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { objectOf, tryParseJson } from '../loose.ts';
import type { ChatProtocol } from '../protocol.ts';
import { findProtocol } from '../protocols/index.ts';

/** One answer, whole and as a stream. */
export interface AnswerFixture {
  readonly name: string;
  readonly protocol: ChatProtocol;
  readonly response: JsonObject;
  readonly stream: string;
}

export interface RequestFixture {
  readonly name: string;
  readonly protocol: ChatProtocol;
  readonly body: JsonObject;
  readonly text: string;
}

const chatProtocols: readonly ProtocolName[] = ['openai-chat', 'anthropic-messages'];

function chatProtocol(name: ProtocolName): ChatProtocol {
  const protocol = findProtocol(name);
  if (protocol.operation !== 'chat') {
    throw new TypeError(`${name} is no chat protocol.`);
  }
  return protocol;
}

function filesOf(protocol: ProtocolName, suffix: string): readonly { readonly name: string; readonly text: string }[] {
  const folder = resolve(import.meta.dirname, '../protocols', protocol, 'fixtures');
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => ({ name: file.slice(0, -suffix.length), text: readFileSync(join(folder, file), 'utf8') }));
}

/** Every answer that is there whole and as a stream. */
export const answerFixtures: readonly AnswerFixture[] = chatProtocols.flatMap((protocol) => {
  const streams = new Map(filesOf(protocol, '.sse').map((file) => [file.name, file.text]));
  return filesOf(protocol, '.response.json').map((file) => ({
    name: `${protocol}/${file.name}`,
    protocol: chatProtocol(protocol),
    response: objectOf(tryParseJson(file.text)),
    stream: streams.get(file.name) ?? '',
  }));
});

export const requestFixtures: readonly RequestFixture[] = chatProtocols.flatMap((protocol) =>
  filesOf(protocol, '.request.json').map((file) => ({
    name: `${protocol}/${file.name}`,
    protocol: chatProtocol(protocol),
    body: objectOf(tryParseJson(file.text)),
    text: file.text,
  })),
);
