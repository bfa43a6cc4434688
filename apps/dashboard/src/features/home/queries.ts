import 'server-only';
import { call } from '#lib/api.ts';
import { visitorTransport } from '#server/api.ts';
import { log } from '#server/main.ts';
import { homeQueries, type HomeData } from './home-data.ts';

/** Everything on the home page that the role may see. What fails is left for the page to ask for again. */
export async function readHome(organizationId: string, permissions: readonly string[]): Promise<HomeData> {
  const scope = { params: { organizationId }, transport: visitorTransport };
  const queries = homeQueries();
  const mayReadUsage = permissions.includes('usage.read');
  const mayReadKeys = permissions.includes('api_key.read');
  const [month, day, models, calls, keys] = await Promise.all([
    mayReadUsage ? part(call('getUsageSummary', { ...scope, query: queries.month })) : undefined,
    mayReadUsage ? part(call('getUsageSummary', { ...scope, query: queries.day })) : undefined,
    mayReadUsage ? part(call('getUsageSeries', { ...scope, query: queries.models })) : undefined,
    mayReadUsage ? part(call('listCalls', { ...scope, query: queries.calls })) : undefined,
    mayReadKeys ? part(call('listApiKeys', { ...scope, query: queries.keys })) : undefined,
  ]);
  return { month, day, models, calls, keys };
}

async function part<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    log().warn({ error, event: 'home_part' }, 'A part of the home page could not be read.');
    return undefined;
  }
}
