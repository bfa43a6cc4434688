import { z } from 'zod';
import { membershipSchema } from './organizations.ts';
import { idOut, nameIn, timestamp, usdAmount } from './primitives.ts';

/** NFKC before it is counted or hashed, so that the same password typed on two keyboards is one password. */
const passwordText = z.string().max(1_024);

/** RFC 5321 limits the whole address to 254 characters. */
const emailIn = z
  .string()
  .trim()
  .max(254)
  .pipe(z.email('Enter an e-mail address.'))
  .meta({ format: 'email', examples: ['ada@example.com'] });

export const signUpInput = z
  .strictObject({
    email: emailIn,
    password: passwordText.min(12, 'Use at least 12 characters.'),
    name: nameIn().optional().meta({ description: 'Made from the e-mail address when it is left out.' }),
    organizationName: nameIn().optional().meta({ description: 'Made from the e-mail address when it is left out.' }),
  })
  .meta({ id: 'SignUp' });

export type SignUpInput = z.output<typeof signUpInput>;

export const loginInput = z
  .strictObject({ email: emailIn, password: passwordText.min(1, 'Enter your password.') })
  .meta({ id: 'Login' });

export type LoginInput = z.output<typeof loginInput>;

export const logoutInput = z
  .strictObject({
    everywhere: z.boolean().default(false).meta({ description: 'Ends every session of yours, on all devices.' }),
  })
  .meta({ id: 'Logout' });

export type LogoutInput = z.output<typeof logoutInput>;

export const userSchema = z
  .object({ id: idOut('user'), email: z.string(), name: z.string(), createdAt: timestamp })
  .meta({ id: 'User' });

export type UserView = z.infer<typeof userSchema>;

/** Who is signed in. `csrfToken` goes into the header `x-csrf-token` of every request that changes something. */
export const sessionSchema = z
  .object({
    user: userSchema,
    memberships: z.array(membershipSchema),
    csrfToken: z.string(),
    expiresAt: timestamp.meta({
      description: 'When the session ends at the latest; 12 hours without a request end it sooner.',
    }),
  })
  .meta({ id: 'Session' });

export type SessionView = z.infer<typeof sessionSchema>;

/** What a visitor may know before he signs in. */
export const platformSchema = z
  .object({ signUpMode: z.enum(['open', 'closed']), trialCreditUsd: usdAmount })
  .meta({ id: 'Platform' });

export type PlatformView = z.infer<typeof platformSchema>;
