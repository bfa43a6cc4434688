import { encodeText } from './bytes.ts';
import type { ObjectLayout } from './scan.ts';

/** Replaces the bytes from `start` to `end` by others; an insertion has `start === end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly insert: Uint8Array;
}

/** New bytes of a member's value, or undefined to remove the member. */
export type MemberEdits = ReadonlyMap<string, Uint8Array | undefined>;

const noBytes = new Uint8Array(0);
const comma = encodeText(',');

/** Applies splices that are in order and do not overlap; every other byte is copied as it is, in one go. */
export function applySplices(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  let length = bytes.length;
  for (const { start, end, insert } of splices) {
    length += insert.length - (end - start);
  }
  const edited = new Uint8Array(length);
  let from = 0;
  let to = 0;
  for (const { start, end, insert } of splices) {
    edited.set(bytes.subarray(from, start), to);
    to += start - from;
    edited.set(insert, to);
    to += insert.length;
    from = end;
  }
  edited.set(bytes.subarray(from), to);
  return edited;
}

/**
 * The splices that set and remove members of an object. A member that the object lacks is added behind the last one;
 * one that stands twice is edited in both places.
 */
export function memberSplices(layout: ObjectLayout, edits: MemberEdits): Splice[] {
  const splices: Splice[] = [];
  const missing = new Set(edits.keys());
  let keptEnd: number | undefined;
  for (const [index, member] of layout.members.entries()) {
    missing.delete(member.name);
    const value = edits.get(member.name);
    if (value !== undefined) {
      splices.push({ start: member.valueStart, end: member.valueEnd, insert: value });
    } else if (edits.has(member.name)) {
      const next = layout.members[index + 1];
      // Behind a member that stays, the comma before goes too; else the comma behind.
      splices.push(
        keptEnd === undefined
          ? { start: member.keyStart, end: next?.keyStart ?? member.valueEnd, insert: noBytes }
          : { start: layout.members[index - 1]?.valueEnd ?? keptEnd, end: member.valueEnd, insert: noBytes },
      );
      continue;
    }
    keptEnd = member.valueEnd;
  }
  for (const name of missing) {
    const value = edits.get(name);
    if (value !== undefined) {
      const at = layout.members.at(-1)?.valueEnd ?? layout.start + 1;
      const key = encodeText(`${JSON.stringify(name)}:`);
      splices.push({ start: at, end: at, insert: joinMember(keptEnd === undefined ? noBytes : comma, key, value) });
      keptEnd = at;
    }
  }
  return splices;
}

/** Sets and removes members of the object whose layout is given; undefined values remove. */
export function editMembers(bytes: Uint8Array, layout: ObjectLayout, edits: MemberEdits): Uint8Array {
  return edits.size === 0 ? bytes : applySplices(bytes, memberSplices(layout, edits));
}

function joinMember(separator: Uint8Array, key: Uint8Array, value: Uint8Array): Uint8Array {
  const joined = new Uint8Array(separator.length + key.length + value.length);
  joined.set(separator);
  joined.set(key, separator.length);
  joined.set(value, separator.length + key.length);
  return joined;
}
