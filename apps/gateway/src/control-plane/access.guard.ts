import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Operation } from '@turnpike/contracts/operation';
import { authenticateManagementKey } from '@turnpike/control/auth/authenticate-management-key';
import { resumeSession } from '@turnpike/control/auth/sessions';
import { contextOf } from '@turnpike/control/services';
import type { ControlServices } from '@turnpike/control/services';
import { actAs } from '@turnpike/control/auth/act-as';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import type { Actor } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import { parseId } from '@turnpike/core/ids';
import type { OrganizationId } from '@turnpike/core/ids';
import type { FastifyRequest } from 'fastify';
import { CONTROL_CONFIG, CONTROL_SERVICES, SESSION_COOKIES } from './dependencies.ts';
import type { ControlPlaneConfig } from './dependencies.ts';
import { assertNotForged } from './http/forgery-check.ts';
import { operationIn } from './http/request-context.decorator.ts';
import { factsOf } from './http/request-facts.ts';
import { createRequestLimiter } from './http/request-limiter.ts';
import type { SessionCookies } from './http/session-cookies.ts';

const minuteMs = 60_000;
/** A busy dashboard asks twice a second at most. */
const credentialLimit = 600;
/** Whole offices share an address; attempts to sign in have their own, tighter limits. */
const addressLimit = 1_200;

/**
 * Stands before every handler: finds out who calls, refuses forged and too frequent requests, and refuses whoever
 * the operation does not name. A handler without an operation is refused to everybody.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #config: ControlPlaneConfig;
  readonly #services: ControlServices;
  readonly #cookies: SessionCookies;
  readonly #byAddress = createRequestLimiter(addressLimit, minuteMs);
  readonly #byCredential = createRequestLimiter(credentialLimit, minuteMs);

  constructor(
    @Inject(CONTROL_CONFIG) config: ControlPlaneConfig,
    @Inject(CONTROL_SERVICES) services: ControlServices,
    @Inject(SESSION_COOKIES) cookies: SessionCookies,
  ) {
    this.#config = config;
    this.#services = services;
    this.#cookies = cookies;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const operation = operationIn(context);
    this.#byAddress.count(request.ip, this.#services.clock.nowMs());
    const { authorization } = request.headers;
    if (operation.access.type === 'public') {
      this.#assertNotForged(request, undefined);
    } else if (authorization === undefined) {
      await this.#admitSession(operation, request);
    } else {
      await this.#admitManagementKey(operation, request, authorization);
    }
    return true;
  }

  async #admitSession(operation: Operation, request: FastifyRequest): Promise<void> {
    const token = this.#cookies.read(request);
    const session = token === undefined ? undefined : await resumeSession(this.#services, token);
    if (token === undefined || session === undefined) {
      throw new GatewayError('unauthenticated', 'Sign in first.');
    }
    this.#assertNotForged(request, token);
    this.#byCredential.count(session.sessionId, this.#services.clock.nowMs());
    const facts = factsOf(request);
    facts.session = { identity: session, token };
    const organizationId = organizationIn(request);
    const actor = organizationId === undefined ? undefined : actAs(session, organizationId);
    this.#enter(operation, request, actor);
  }

  async #admitManagementKey(operation: Operation, request: FastifyRequest, authorization: string): Promise<void> {
    const actor = await authenticateManagementKey(this.#services, { authorization, ip: request.ip });
    this.#byCredential.count(actor.apiKeyId, this.#services.clock.nowMs());
    if (operation.access.type !== 'session-or-management-key') {
      throw new GatewayError('access_denied', 'Management keys cannot do this. Sign in instead.');
    }
    if (organizationIn(request) !== actor.organizationId) {
      throw new GatewayError('not_found', 'There is no such organization.');
    }
    this.#enter(operation, request, actor);
  }

  /** The use cases check again, with the project; here the answer is the same before any input is read. */
  #enter(operation: Operation, request: FastifyRequest, actor: Actor | undefined): void {
    const permission = operation.access.type === 'public' ? null : operation.access.permission;
    if (actor === undefined) {
      if (permission !== null) {
        throw new GatewayError('access_denied', 'Nobody may call this.');
      }
      return;
    }
    if (permission !== null) {
      assertMay(actor, permission);
    }
    factsOf(request).context = contextOf(this.#services, actor, request.ip);
  }

  #assertNotForged(request: FastifyRequest, sessionToken: string | undefined): void {
    const { method, headers } = request;
    assertNotForged({ method, headers, sessionToken }, this.#config.publicUrl);
  }
}

/** The organization that the path names; undefined for paths outside of any. Throws `not_found` for what is no id. */
function organizationIn({ params }: FastifyRequest): OrganizationId | undefined {
  const text: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, 'organizationId') : undefined;
  if (typeof text !== 'string') {
    return undefined;
  }
  const organizationId = parseId('organization', text);
  if (organizationId === undefined) {
    throw new GatewayError('not_found', 'There is no such organization.');
  }
  return organizationId;
}
