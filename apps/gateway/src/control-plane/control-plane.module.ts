import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.ts';
import { ApiKeysController } from './api-keys/api-keys.controller.ts';
import { AuthController } from './auth/auth.controller.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { AUTHENTICATOR, CONTROL_CONFIG, CONTROL_LOGGER, CONTROL_SERVICES, SESSION_COOKIES } from './dependencies.ts';
import type { ControlPlaneDependencies } from './dependencies.ts';
import { ErrorFilter } from './http/error-filter.ts';
import { createSessionCookies } from './http/session-cookies.ts';
import { ModelsController } from './models/models.controller.ts';
import { OrganizationsController } from './organizations/organizations.controller.ts';
import { ProjectsController } from './organizations/projects.controller.ts';
import { UsageController } from './usage/usage.controller.ts';

/** Everything that answers under `/api`. A test holds that each handler implements an operation of the contracts. */
export const controlPlaneControllers = [
  AuthController,
  OrganizationsController,
  ProjectsController,
  ApiKeysController,
  UsageController,
  ModelsController,
] as const;

/** The management API. `createControlPlane` puts it on a server of its own with the settings that it counts on. */
@Module({})
export class ControlPlaneModule {
  static register({ config, services, logger }: Omit<ControlPlaneDependencies, 'telemetry'>): DynamicModule {
    return {
      module: ControlPlaneModule,
      controllers: [...controlPlaneControllers],
      providers: [
        { provide: CONTROL_CONFIG, useValue: config },
        { provide: CONTROL_SERVICES, useValue: services },
        { provide: CONTROL_LOGGER, useValue: logger },
        { provide: SESSION_COOKIES, useValue: createSessionCookies(config.publicUrl) },
        { provide: AUTHENTICATOR, useValue: createAuthenticator(services) },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
