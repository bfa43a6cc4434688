// What several models have in common.

const day = (text) => `${text}T00:00:00.000Z`;

/** Vendors do not say when; this is when the catalogue first listed them. */
export const firstListed = { releasedAt: day('2026-11-23'), releasedAtSource: 'first-listed' };
/** The day that the vendor named. */
export const released = (text) => ({ releasedAt: day(text), releasedAtSource: 'vendor' });

export const text = ['text'];
export const vision = ['text', 'image'];
export const documents = ['text', 'image', 'document'];

export const reasoning = { supportsTools: true, supportsReasoning: true, supportsJsonSchema: true };
export const plain = { supportsTools: true, supportsReasoning: false, supportsJsonSchema: true };
