import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { PlatformView, SessionView } from '@turnpike/contracts/auth';
import { operations } from '@turnpike/contracts/operations';
import type { SessionIdentity } from '@turnpike/control/auth/act-as';
import type { VerifiedUser } from '@turnpike/control/auth/login';
import { describeSession, endSession, resumeSession, startSession } from '@turnpike/control/auth/sessions';
import { describePlatform, signUp } from '@turnpike/control/auth/sign-up';
import type { ControlServices } from '@turnpike/control/services';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AUTHENTICATOR, CONTROL_SERVICES, SESSION_COOKIES } from '../dependencies.ts';
import { csrfTokenOf } from '../http/forgery-check.ts';
import { Implements } from '../http/operation.decorator.ts';
import { Input, Session } from '../http/request-context.decorator.ts';
import type { RequestSession } from '../http/request-facts.ts';
import type { SessionCookies } from '../http/session-cookies.ts';
import type { InputOf } from '../http/validate-input.ts';
import type { Authenticator } from './authenticator.ts';

@Controller()
export class AuthController {
  readonly #services: ControlServices;
  readonly #authenticator: Authenticator;
  readonly #cookies: SessionCookies;

  constructor(
    @Inject(CONTROL_SERVICES) services: ControlServices,
    @Inject(AUTHENTICATOR) authenticator: Authenticator,
    @Inject(SESSION_COOKIES) cookies: SessionCookies,
  ) {
    this.#services = services;
    this.#authenticator = authenticator;
    this.#cookies = cookies;
  }

  @Implements(operations.getPlatform)
  platform(): PlatformView {
    return describePlatform(this.#services);
  }

  @Implements(operations.signUp)
  async signUp(
    @Input() { body }: InputOf<typeof operations.signUp>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const user = await signUp(this.#services, { ...body, ip: request.ip });
    return this.#enter(user, request, reply);
  }

  @Implements(operations.login)
  async login(
    @Input() { body }: InputOf<typeof operations.login>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const user = await this.#authenticator.withPassword(body, request.ip);
    return this.#enter(user, request, reply);
  }

  @Implements(operations.logout)
  async logout(
    @Session() { identity }: RequestSession,
    @Input() { body }: InputOf<typeof operations.logout>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await endSession(this.#services, identity, body);
    this.#cookies.clear(reply);
  }

  @Implements(operations.getSession)
  session(@Session() { identity, token }: RequestSession): Promise<SessionView> {
    return this.#describe(identity, token);
  }

  /** A login is a new session with a new secret; the one that the browser came with ends. */
  async #enter({ userId }: VerifiedUser, request: FastifyRequest, reply: FastifyReply): Promise<SessionView> {
    const previousToken = this.#cookies.read(request);
    const previous = previousToken === undefined ? undefined : await resumeSession(this.#services, previousToken);
    if (previous !== undefined) {
      await endSession(this.#services, previous, { everywhere: false });
    }
    const started = await startSession(this.#services, userId, {
      ip: request.ip,
      userAgent: request.headers['user-agent'],
    });
    this.#cookies.write(reply, { token: started.token, expiresAt: new Date(started.expiresAtMs) });
    return this.#describe(started, started.token);
  }

  async #describe(session: Pick<SessionIdentity, 'sessionId' | 'userId'>, token: string): Promise<SessionView> {
    return { ...(await describeSession(this.#services, session)), csrfToken: csrfTokenOf(token) };
  }
}
