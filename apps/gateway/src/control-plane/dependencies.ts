import type { ControlServices } from '@turnpike/control/services';
import type { Logger } from '@turnpike/platform/log/logger';
import type { Telemetry } from '@turnpike/platform/telemetry/telemetry';
import type { ControlPlaneEnv } from './control-plane-env.ts';

/** What the process gives to the control plane; connections are opened and closed by the process. */
export interface ControlPlaneDependencies {
  readonly config: Pick<ControlPlaneEnv, 'publicUrl' | 'allowsInsecureHttp'>;
  readonly services: ControlServices;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

export type ControlPlaneConfig = ControlPlaneDependencies['config'];

/** Tokens under which Nest injects what is no class of its own. */
export const CONTROL_CONFIG = Symbol('control config');
export const CONTROL_SERVICES = Symbol('control services');
export const CONTROL_LOGGER = Symbol('control logger');
export const SESSION_COOKIES = Symbol('session cookies');
export const AUTHENTICATOR = Symbol('authenticator');
