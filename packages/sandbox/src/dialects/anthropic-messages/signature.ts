import { digestOf } from '../../digest.ts';

const mark = 'sandbox-thought/';

/** Signature of a thought: proof, when the thought comes back, that nobody changed it. */
export function signThought(thinking: string): string {
  return Buffer.from(`${mark}${digestOf(thinking)}`).toString('base64');
}

/** True when the signature is ours and belongs to the thought. A thought that was left out may come back empty. */
export function isOwnSignature(thinking: string, signature: string): boolean {
  if (thinking === '') return Buffer.from(signature, 'base64').toString('latin1').startsWith(mark);
  return signature === signThought(thinking);
}
