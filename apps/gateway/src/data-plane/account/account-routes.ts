import type { FastifyRequest } from 'fastify';

import type { Principal } from '@turnpike/core/access/principal';
import type { OrganizationId, RequestId } from '@turnpike/core/ids';
import type { Json } from '@turnpike/core/json';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import type { NanoUsd } from '@turnpike/core/money';

import type { Call } from '../call.ts';
import type { Stages } from '../handle-inference.ts';
import { authenticate } from '../stages/authenticate.ts';
import { getCredits } from './get-credits.ts';
import { getGeneration } from './get-generation.ts';
import { getKey } from './get-key.ts';
import { getModel, listModels } from './list-models.ts';

/** What a key has spent, whole and since the starts of the current UTC day, week (Monday) and month. */
export interface KeySpending {
  readonly totalNanoUsd: NanoUsd;
  readonly dayNanoUsd: NanoUsd;
  readonly weekNanoUsd: NanoUsd;
  readonly monthNanoUsd: NanoUsd;
}

/** What an organization was given and what it has used; the balance is the difference. */
export interface CreditState {
  readonly creditsNanoUsd: NanoUsd;
  readonly usageNanoUsd: NanoUsd;
}

/** What these pages read of the database, each within the caller's own organization. */
export interface AccountPorts {
  readonly spendingOf: (principal: Principal) => Promise<KeySpending>;
  readonly creditsOf: (organizationId: OrganizationId) => Promise<CreditState>;
  /** The attempts of a call in order; empty when there is no such call in this organization. */
  readonly attemptsOf: (organizationId: OrganizationId, requestId: RequestId) => Promise<readonly UsageAttempt[]>;
}

export interface AccountRoute {
  readonly path: string;
  readonly handle: (stages: Stages, call: Call, request: FastifyRequest) => Promise<Json>;
}

type Answer = (facts: {
  readonly stages: Stages;
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly ports: AccountPorts;
}) => Promise<Json> | Json;

/** The reading endpoints of `/v1`: what a key may use, what it has spent, what a call cost. */
export function accountRoutes(ports: AccountPorts): readonly AccountRoute[] {
  const route = (path: string, answer: Answer): AccountRoute => ({
    path,
    handle: async (stages, call, request) => {
      const principal = await authenticate(stages.keys, stages.clock, call);
      return answer({ stages, principal, request, ports });
    },
  });
  return [
    route('/models', ({ stages, principal }) => listModels(stages.snapshot().catalog, principal)),
    // Slugs hold a slash, which clients send as it is or encoded.
    route('/models/*', ({ stages, principal, request }) =>
      getModel(stages.snapshot().catalog, principal, wildcardOf(request)),
    ),
    route('/key', ({ principal, ports: { spendingOf } }) => getKey(principal, spendingOf)),
    route('/credits', ({ principal, ports: { creditsOf } }) => getCredits(principal, creditsOf)),
    route('/generations/:id', ({ principal, request, ports: { attemptsOf } }) =>
      getGeneration(principal, parameterOf(request), attemptsOf),
    ),
    route('/generation', ({ principal, request, ports: { attemptsOf } }) =>
      getGeneration(principal, queryIdOf(request), attemptsOf),
    ),
  ];
}

function wildcardOf(request: FastifyRequest): string {
  return textIn(request.params, '*');
}

function parameterOf(request: FastifyRequest): string {
  return textIn(request.params, 'id');
}

function queryIdOf(request: FastifyRequest): string {
  return textIn(request.query, 'id');
}

function textIn(record: unknown, name: string): string {
  const value = typeof record === 'object' && record !== null ? Reflect.get(record, name) : undefined;
  return typeof value === 'string' ? value : '';
}
