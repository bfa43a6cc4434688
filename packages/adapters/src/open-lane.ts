import { GatewayError } from '@turnpike/core/errors';

import type { Lane, LaneContext } from './lane.ts';
import { findProtocol } from './protocols/index.ts';
import { openRelayLane } from './relay/relay-lane.ts';
import { openTranslateLane } from './translate/translate-lane.ts';

/**
 * Chooses an attempt's way through the wire formats: relayed where client and endpoint speak the same protocol,
 * translated through the canonical form otherwise. Throws GatewayError `unsupported_parameter` when the provider
 * does not offer the operation, `invalid_request` when the call cannot be told in the provider's protocol.
 */
export function openLane(context: LaneContext): Lane {
  const { call, provider } = context;
  const spoken = provider.speaks[call.operation];
  if (spoken === undefined) {
    throw new GatewayError('unsupported_parameter', `${provider.name} does not offer ${call.operation}.`);
  }
  const client = findProtocol(call.protocol);
  const target = findProtocol(spoken.protocol);
  if (client === target) {
    return openRelayLane(context, target, spoken.path);
  }
  if (client.operation !== 'chat' || target.operation !== 'chat') {
    throw new GatewayError('unsupported_parameter', `${provider.name} offers ${call.operation} in another form.`);
  }
  return openTranslateLane(context, client, target, spoken.path);
}
