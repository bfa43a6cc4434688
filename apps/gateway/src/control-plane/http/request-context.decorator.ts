import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Operation } from '@turnpike/contracts/operation';
import type { ControlContext } from '@turnpike/control/services';
import { GatewayError } from '@turnpike/core/errors';
import type { FastifyRequest } from 'fastify';
import { operationOf } from './operation.decorator.ts';
import { factsOf } from './request-facts.ts';
import type { RequestSession } from './request-facts.ts';
import { validateInput } from './validate-input.ts';
import type { ParsedInput } from './validate-input.ts';

const reflector = new Reflector();

/** The parsed path, query and body of the operation; annotate it with `InputOf<typeof operations.x>`. */
export const Input = createParamDecorator((_data: undefined, context: ExecutionContext): ParsedInput => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return parseInput(operationIn(context), request);
});

/** Who acts, with everything that use cases need. Only operations of an organization have it. */
export const Context = createParamDecorator((_data: undefined, context: ExecutionContext): ControlContext => {
  const facts = factsOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (facts.context === undefined) {
    throw new TypeError('This operation acts in no organization.');
  }
  return facts.context;
});

/** The session of an operation that demands one and acts in no organization. */
export const Session = createParamDecorator((_data: undefined, context: ExecutionContext): RequestSession => {
  const { session } = factsOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (session === undefined) {
    throw new TypeError('This operation has no session.');
  }
  return session;
});

/** The operation of the handler that is about to run. Throws GatewayError `access_denied` for a handler without one. */
export function operationIn(context: ExecutionContext): Operation {
  const operation = operationOf(reflector, context.getHandler());
  if (operation === undefined) {
    throw new GatewayError('access_denied', 'Nobody may call this.');
  }
  return operation;
}

/** Parses a request against its operation. Throws GatewayError as `validateInput` does, and for bodies that are no JSON. */
export function parseInput(operation: Operation, request: FastifyRequest): ParsedInput {
  return validateInput(operation, {
    params: request.params,
    query: request.query,
    body: operation.body === null ? undefined : bodyOf(request),
  });
}

function bodyOf(request: FastifyRequest): unknown {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === undefined && request.body === undefined) {
    return {};
  }
  if (mediaType !== 'application/json') {
    throw new GatewayError('unsupported_media_type', 'Send the body as application/json.');
  }
  return request.body;
}
