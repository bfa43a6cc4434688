import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import { isJsonObject } from '@turnpike/core/json';

import { droppedByQuirk } from '../dropped-by-quirk.ts';
import { malformed } from '../failures.ts';
import { decodeText } from '../framing/bytes.ts';
import { scanObject } from '../framing/scan.ts';
import type { Answer, Lane, LaneContext } from '../lane.ts';
import { tryParseJson } from '../loose.ts';
import { isFailure, type Protocol } from '../protocol.ts';
import { dropPricedBetas, dropPricedFields } from '../priced-fields.ts';
import { correctFailure, readFailure } from '../read-failure.ts';
import { streamOptions } from '../stream-options.ts';
import { upstreamHeaders } from '../upstream-headers.ts';
import { spliceBody } from './body-splices.ts';
import { RelayStream } from './relay-stream.ts';

/**
 * The lane between two sides that speak the same protocol: the client's bytes go to the provider and the provider's
 * to the client, but for a closed list of edits. Lossless, and the way a vendor's newest field works at once.
 */
export function openRelayLane(context: LaneContext, protocol: Protocol, path: string): Lane {
  const { call, provider } = context;
  const plain = dropPricedFields(call.body);
  const { headers: clientHeaders, dropped: droppedHeaders } = dropPricedBetas(context.clientHeaders);
  const edited = protocol.relay.editRequest(
    { ...plain.body, model: context.endpoint.upstreamModel },
    { isStream: call.isStream, outputLimit: context.outputLimit, keptFields: provider.keptFields ?? [] },
  );
  const wanted = provider.quirks?.request?.(edited) ?? edited;
  return {
    kind: 'relay',
    request: {
      path,
      headers: upstreamHeaders({ ...context, clientHeaders }, protocol),
      body: spliceBody(call.bytes, call.layout, call.body, wanted),
    },
    droppedParams: [...plain.dropped, ...droppedByQuirk(edited, wanted), ...droppedHeaders],
    readAnswer: (status, headers, body) =>
      status >= 200 && status < 300
        ? readAnswer(context, protocol, body)
        : readFailure(context, protocol, status, headers, body),
    readFailure: (status, headers, body) => readFailure(context, protocol, status, headers, body),
    openStream: () => {
      if (protocol.operation !== 'chat') {
        throw new TypeError(`An answer of ${protocol.name} is never a stream.`);
      }
      const options = { ...streamOptions(context), choiceCount: call.choiceCount };
      return new RelayStream(protocol, options, (failure) => correctFailure(context, failure));
    },
  };
}

function readAnswer(context: LaneContext, protocol: Protocol, received: Uint8Array): Answer | UpstreamFailure {
  const quirks = context.provider.quirks;
  const parsed = tryParseJson(decodeText(received));
  if (!isJsonObject(parsed)) {
    return malformed('The provider answered with something that is not a JSON object.', 200);
  }
  const changed = quirks?.response?.(parsed) ?? parsed;
  const layout = changed === parsed ? undefined : scanObject(received);
  const bytes = layout === undefined ? received : spliceBody(received, layout, parsed, changed);
  const reading = protocol.relay.readAnswer(changed);
  if (isFailure(reading)) {
    return correctFailure(context, reading);
  }
  return { ...reading, render: (settled) => protocol.relay.spliceAnswer(bytes, changed, context.servedModel, settled) };
}
