/** What each content chunk of the load upstream carries, so that chunks can be counted whatever a target makes of them. */
export const chunkMark = ' [chunk] ';
const chunkBytes = Buffer.from(chunkMark);
const doneBytes = Buffer.from('data: [DONE]');
/** Enough to hold a mark that is split between two reads. */
const carrySize = Math.max(chunkBytes.length, doneBytes.length) - 1;

/** Finds the chunks and the terminator in the bytes of a stream, however they are cut. */
export class StreamMarks {
  #carry: Buffer = Buffer.alloc(0);
  /** How much of the carry belongs to marks that were counted. */
  #counted = 0;
  isDone = false;

  /** Returns how many chunks are complete with these bytes. */
  feed(content: Buffer): number {
    const bytes = this.#carry.length === 0 ? content : Buffer.concat([this.#carry, content]);
    let end = this.#counted;
    let chunks = 0;
    for (let at = bytes.indexOf(chunkBytes, end); at >= 0; at = bytes.indexOf(chunkBytes, end)) {
      end = at + chunkBytes.length;
      chunks += 1;
    }
    if (!this.isDone) this.isDone = bytes.includes(doneBytes);
    const keepFrom = Math.max(0, bytes.length - carrySize);
    this.#carry = bytes.subarray(keepFrom);
    this.#counted = Math.max(0, end - keepFrom);
    return chunks;
  }
}
