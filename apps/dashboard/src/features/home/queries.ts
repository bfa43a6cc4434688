import 'server-only';
import { listApiKeysQuery } from '@turnpike/contracts/api-keys';
import { listCallsQuery, usageSeriesQuery, usageSummaryQuery } from '@turnpike/contracts/usage';
import { getUsageSeries, getUsageSummary, listApiKeys, listCalls } from '@turnpike/control/read';
import { unstable_rethrow } from 'next/navigation';
import { firstRead } from '#server/first-read.ts';
import { log } from '#server/main.ts';
import { homeQueries, type HomeData } from './home-data.ts';

/** Everything on the home page that the role may see. What fails is left for the page to ask for again. */
export async function readHome(organizationId: string, permissions: readonly string[]): Promise<HomeData> {
  const queries = homeQueries();
  const mayReadUsage = permissions.includes('usage.read');
  const mayReadKeys = permissions.includes('api_key.read');
  const [month, day, models, calls, keys] = await Promise.all([
    mayReadUsage ? part(firstRead(organizationId, usageSummaryQuery, queries.month, getUsageSummary)) : undefined,
    mayReadUsage ? part(firstRead(organizationId, usageSummaryQuery, queries.day, getUsageSummary)) : undefined,
    mayReadUsage ? part(firstRead(organizationId, usageSeriesQuery, queries.models, getUsageSeries)) : undefined,
    mayReadUsage ? part(firstRead(organizationId, listCallsQuery, queries.calls, listCalls)) : undefined,
    mayReadKeys ? part(firstRead(organizationId, listApiKeysQuery, queries.keys, listApiKeys)) : undefined,
  ]);
  return { month, day, models, calls, keys };
}

async function part<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    // A redirect to the login and a 404 travel as errors; they are for Next.
    unstable_rethrow(error);
    log().warn({ error, event: 'home_part' }, 'A part of the home page could not be read.');
    return undefined;
  }
}
