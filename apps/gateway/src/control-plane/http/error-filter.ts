import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { errorCatalogue } from '@turnpike/core/errors';
import type { Logger } from '@turnpike/platform/log/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONTROL_LOGGER } from '../dependencies.ts';
import { renderError, toControlError } from './render-error.ts';
import { borderRequestId } from './request-facts.ts';

/** Every failure of the control plane leaves through here: the documented JSON, never a stack and never HTML. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(@Inject(CONTROL_LOGGER) logger: Logger) {
    this.#logger = logger;
  }

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toControlError(thrown);
    const requestId = borderRequestId(request) ?? 'unknown';
    const { blame } = errorCatalogue[error.code];
    if (blame === 'gateway') {
      const route = request.routeOptions.url ?? 'unmatched';
      this.#logger.error(
        { requestId, method: request.method, route, code: error.code, error },
        'A management request failed.',
      );
    }
    if (error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(error.retryAfterSeconds));
    }
    await reply.status(error.status).type('application/json; charset=utf-8').send(renderError(error, requestId));
  }
}
