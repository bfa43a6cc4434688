import { digestOf, mix, numberFrom } from './digest.ts';

/** Places of a vector that each word moves. */
const placesPerWord = 24;
/** Words beyond this number do not change a vector any more. */
const maxWords = 512;

/**
 * A vector of length one for a text, the same each time. Texts that share words point in similar directions, so that
 * a search over sandbox embeddings finds something sensible.
 */
export function embeddingVector(text: string, dimensions: number, seed: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const own = numberFrom(digestOf(seed, text));
  for (let place = 0; place < dimensions; place += 1) vector[place] = (mix(own, place) / 0xffffffff - 0.5) * 0.2;
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words.slice(0, maxWords)) {
    const salt = numberFrom(digestOf(seed, word));
    for (let index = 0; index < placesPerWord; index += 1) {
      const drawn = mix(salt, index);
      const place = drawn % dimensions;
      vector[place] = (vector[place] ?? 0) + (drawn & 0x80000000 ? 1 : -1);
    }
  }
  return normalized(vector);
}

function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** Little-endian 32-bit floats in base64, as `encoding_format: base64` wants them. */
export function base64Vector(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
