import { Controller } from '@nestjs/common';
import type { ApiKeyListView, ApiKeyView, CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { operations } from '@turnpike/contracts/operations';
import { createApiKey } from '@turnpike/control/api-keys/create-api-key';
import { deleteApiKey } from '@turnpike/control/api-keys/delete-api-key';
import { getApiKey, listApiKeys } from '@turnpike/control/api-keys/read-api-keys';
import { updateApiKey } from '@turnpike/control/api-keys/update-api-key';
import type { ControlContext } from '@turnpike/control/services';
import { Implements } from '../http/operation.decorator.ts';
import { Context, Input } from '../http/request-context.decorator.ts';
import type { InputOf } from '../http/validate-input.ts';

@Controller()
export class ApiKeysController {
  @Implements(operations.listApiKeys)
  list(
    @Context() context: ControlContext,
    @Input() { query }: InputOf<typeof operations.listApiKeys>,
  ): Promise<ApiKeyListView> {
    return listApiKeys(context, query);
  }

  @Implements(operations.createApiKey)
  create(
    @Context() context: ControlContext,
    @Input() { body }: InputOf<typeof operations.createApiKey>,
  ): Promise<CreatedApiKeyView> {
    return createApiKey(context, body);
  }

  @Implements(operations.getApiKey)
  get(
    @Context() context: ControlContext,
    @Input() { params }: InputOf<typeof operations.getApiKey>,
  ): Promise<ApiKeyView> {
    return getApiKey(context, params.apiKeyId);
  }

  @Implements(operations.updateApiKey)
  update(
    @Context() context: ControlContext,
    @Input() { params, body }: InputOf<typeof operations.updateApiKey>,
  ): Promise<ApiKeyView> {
    return updateApiKey(context, params.apiKeyId, body);
  }

  @Implements(operations.deleteApiKey)
  delete(
    @Context() context: ControlContext,
    @Input() { params }: InputOf<typeof operations.deleteApiKey>,
  ): Promise<void> {
    return deleteApiKey(context, params.apiKeyId);
  }
}
