import { callbackify } from 'node:util';
import { verifyLogin } from '@turnpike/control/auth/login';
import type { VerifiedUser } from '@turnpike/control/auth/login';
import type { ControlServices } from '@turnpike/control/services';
import { GatewayError } from '@turnpike/core/errors';
import passport from 'passport';
import { Strategy } from 'passport-local';

declare global {
  // Passport's types leave the user to be declared by the application, in this namespace.
  namespace Express {
    interface User extends VerifiedUser {}
  }
}

/** Signs people in through Passport. Further strategies (Google, SAML) are further names on the same authenticator. */
export interface Authenticator {
  /** Throws GatewayError `unauthenticated`, the same for unknown people and wrong passwords, and what `verifyLogin` throws. */
  withPassword(credentials: { readonly email: string; readonly password: string }, ip: string): Promise<VerifiedUser>;
}

/**
 * What a strategy reads of a request and writes to a reply. Passport was made for Express and adds to the objects
 * that it is given, so it never gets Fastify's own.
 */
interface PassportRequest {
  readonly body: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly ip: string;
}

type PassportHandler = (request: PassportRequest, reply: object, next: (error?: unknown) => void) => void;

/** Makes an authenticator of its own, not Passport's global one: two in one process do not meet. */
export function createAuthenticator(services: ControlServices): Authenticator {
  const authenticator = new passport.Passport();
  const verify = callbackify((email: string, password: string, ip: string) =>
    verifyLogin(services, { email, password, ip }),
  );
  authenticator.use(
    'local',
    new Strategy({ usernameField: 'email', passReqToCallback: true }, ({ ip }, email, password, done) => {
      verify(email, password, ip ?? '', done);
    }),
  );
  return {
    withPassword: (credentials, ip) => authenticate(authenticator, 'local', { body: credentials, query: {}, ip }),
  };
}

function authenticate(
  authenticator: passport.Authenticator,
  strategy: string,
  request: PassportRequest,
): Promise<VerifiedUser> {
  const { promise, resolve, reject } = Promise.withResolvers<VerifiedUser>();
  const handler: PassportHandler = authenticator.authenticate(
    strategy,
    { session: false },
    (error: unknown, user?: VerifiedUser | false | null) => {
      if (user !== undefined && user !== null && user !== false) {
        resolve(user);
      } else {
        reject(error ?? new GatewayError('unauthenticated', 'The e-mail address or the password is wrong.'));
      }
    },
  );
  handler(request, {}, reject);
  return promise;
}
