import 'server-only';
import type { PlatformView } from '@turnpike/contracts/auth';
import type { ModelView } from '@turnpike/contracts/models';
import { listModels } from '@turnpike/control/read';
import { connection } from 'next/server';
import { call } from '#lib/api.ts';
import { clock, database } from '#server/actor.ts';
import { visitorTransport } from '#server/api.ts';
import { log } from '#server/main.ts';

export interface PublicFacts {
  /** Undefined where it could not be read: the public page then says less, and stands. */
  readonly platform: PlatformView | undefined;
  readonly models: readonly ModelView[];
}

/** What a visitor may know before signing in. Never throws: a page that sells must not fail with its back end. */
export async function readPublicFacts(): Promise<PublicFacts> {
  // Says that there is no page without a visitor, before the errors below would hide it from the build.
  await connection();
  const [platform, models] = await Promise.all([
    call('getPlatform', { transport: visitorTransport }).catch(unknownFact),
    listModels({ catalog: database(), clock }, {}).catch(unknownFact),
  ]);
  return { platform, models: models?.items ?? [] };
}

function unknownFact(error: unknown): undefined {
  log().warn({ error, event: 'public_facts' }, 'A fact of the public page could not be read.');
  return undefined;
}
