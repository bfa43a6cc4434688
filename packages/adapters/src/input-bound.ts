/**
 * How many input tokens can hide behind what is not text in a body: media, message frames, tool prompts. Upper
 * bounds over the vendors' documentation, because a hold must never be smaller than the bill. The text itself is
 * bounded by its bytes (a byte-level tokenizer goes down to one token per byte). The caller may cut the sum at the
 * endpoint's context length: no provider reads more.
 */

/** Start, end and role of a message, and a tool call's frame: 3 to 12 tokens in every published chat template. */
const tokensPerMessage = 24;
/** Preambles that vendors put in front on their own; the longest on record is 686 tokens before a one-line prompt. */
const tokensPerCall = 1_024;
/** The prompt that switches tools on: at most 804 tokens in Anthropic's table of tool use system prompts; others less. */
const tokensForTools = 900;
/** Names, types and separators with which a template writes one tool's schema anew. */
const tokensPerTool = 64;
/** A schema for the answer is put into the prompt, with instructions around it. */
const tokensForSchema = 900;
/**
 * The dearest image: 8 tiles of a model that counts 5,667 tokens a tile and 2,833 for the image (OpenAI's vision
 * guide, the mini of the 4o family). Patch-based and Anthropic's models stay under 16,000.
 */
const tokensPerImage = 48_169;
const tokensPerLowDetailImage = 2_833;
/**
 * Pages are read as text and as images: up to 3,000 + 4,784 tokens each (Anthropic's PDF and vision guides). Bytes
 * tell little about pages, so small files count as ten pages and each 8 KB of base64 adds one.
 */
const tokensPerPage = 7_784;
const minimumPages = 10;
const base64CharactersPerPage = 8_192;
/** A document that is only named (by URL or id) may have as many pages as vendors accept: 100 of 32 MB. */
const pagesOfUnknownDocument = 100;
/** 32 tokens a second (the dearest published rate) at 8 kbit/s (the lowest rate of MP3) is one per 41 characters. */
const base64CharactersPerAudioToken = 32;
/** What a tool that the provider runs (search, code, remote tools) can bring into the prompt of one call. */
const tokensPerServerTool = 200_000;

/** Adds up what a body holds besides its text. One is made per call. */
export class InputBound {
  /** Characters of base64, to be taken off the bytes of text. */
  mediaCharacters = 0;
  hiddenTokens = tokensPerCall;

  addMessages(count: number): void {
    this.hiddenTokens += count * tokensPerMessage;
  }

  addTools(count: number): void {
    if (count > 0) {
      this.hiddenTokens += tokensForTools + count * tokensPerTool;
    }
  }

  addServerTool(): void {
    this.hiddenTokens += tokensPerServerTool;
  }

  addSchema(): void {
    this.hiddenTokens += tokensForSchema;
  }

  /** An image; `base64` is its data where it is in the body. */
  addImage(base64: string | undefined, isLowDetail: boolean): void {
    this.mediaCharacters += base64?.length ?? 0;
    this.hiddenTokens += isLowDetail ? tokensPerLowDetailImage : tokensPerImage;
  }

  addDocument(base64: string | undefined): void {
    this.mediaCharacters += base64?.length ?? 0;
    const pages =
      base64 === undefined ? pagesOfUnknownDocument : minimumPages + Math.ceil(base64.length / base64CharactersPerPage);
    this.hiddenTokens += pages * tokensPerPage;
  }

  addAudio(base64: string): void {
    this.mediaCharacters += base64.length;
    this.hiddenTokens += Math.ceil(base64.length / base64CharactersPerAudioToken);
  }
}

/** The base64 part of a `data:` URL; undefined for any other URL. */
export function dataOfUrl(url: string): string | undefined {
  if (!url.startsWith('data:')) {
    return undefined;
  }
  const comma = url.indexOf(',');
  return comma === -1 ? undefined : url.slice(comma + 1);
}
