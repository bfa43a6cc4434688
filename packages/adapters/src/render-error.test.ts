import { errorCatalogue, GatewayError, type ErrorCode } from '@turnpike/core/errors';
import { describe, expect, test } from 'vitest';

import { renderError } from './render-error.ts';

const codes: readonly ErrorCode[] = Object.keys(errorCatalogue).filter(
  (code): code is ErrorCode => code in errorCatalogue,
);

describe('our error', () => {
  test.each(codes)('%s is told in the shape that each protocol’s clients read', (code) => {
    const error = new GatewayError(code, 'Do this.', {
      param: 'model',
      metadata: { limit: 5 },
      detail: { secret: 'log only' },
    });
    expect(renderError('openai-chat', error, 'req_1')).toEqual({
      error: {
        message: 'Do this.',
        type: errorCatalogue[code].type,
        code,
        param: 'model',
        metadata: {
          limit: 5,
          error_type: errorCatalogue[code].errorType,
          request_id: 'req_1',
          retryable: errorCatalogue[code].isRetryable,
        },
      },
    });
    expect(renderError('openai-embeddings', error, 'req_1')).toEqual(renderError('openai-chat', error, 'req_1'));
    expect(renderError('anthropic-messages', error, 'req_1')).toEqual({
      type: 'error',
      error: { type: errorCatalogue[code].anthropicType, message: 'Do this.' },
      request_id: 'req_1',
    });
  });

  test('has a null parameter where none is at fault', () => {
    expect(renderError('openai-chat', new GatewayError('internal', 'x'), 'r')).toMatchObject({
      error: { param: null },
    });
  });
});
