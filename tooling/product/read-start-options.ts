import { Failure } from '../failure.ts';

/** Reads the arguments of `npm start` and `npm run dev`. Throws a `Failure` for one that does not exist. */
export function readStartOptions(args: readonly string[]): { readonly isFresh: boolean } {
  const unknown = args.filter((arg) => arg !== '--fresh');
  if (unknown.length > 0) throw new Failure(`There is only the option "--fresh", not "${unknown.join(' ')}".`);
  return { isFresh: args.includes('--fresh') };
}
