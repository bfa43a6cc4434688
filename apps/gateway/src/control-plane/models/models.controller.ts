import { Controller, Inject } from '@nestjs/common';
import type { ModelListView, ModelView } from '@turnpike/contracts/models';
import { buildOpenApi } from '@turnpike/contracts/openapi';
import { operations } from '@turnpike/contracts/operations';
import type { CatalogContext } from '@turnpike/control/models/read-models';
import { getModel, listModels } from '@turnpike/control/models/read-models';
import type { ControlServices } from '@turnpike/control/services';
import type { JsonObject } from '@turnpike/core/json';
import { CONTROL_SERVICES } from '../dependencies.ts';
import { Implements } from '../http/operation.decorator.ts';
import { Input } from '../http/request-context.decorator.ts';
import type { InputOf } from '../http/validate-input.ts';

@Controller()
export class ModelsController {
  readonly #context: CatalogContext;
  readonly #openApi = buildOpenApi();

  constructor(@Inject(CONTROL_SERVICES) services: ControlServices) {
    this.#context = { catalog: services.database, clock: services.clock };
  }

  @Implements(operations.listModels)
  list(@Input() { query }: InputOf<typeof operations.listModels>): Promise<ModelListView> {
    return listModels(this.#context, query);
  }

  @Implements(operations.getModel)
  get(@Input() { params }: InputOf<typeof operations.getModel>): Promise<ModelView> {
    return getModel(this.#context, `${params.author}/${params.model}`);
  }

  @Implements(operations.getOpenApi)
  openApi(): JsonObject {
    return this.#openApi;
  }
}
