import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

/** Records in a piece of a file, and how far they reach. */
export interface DecodedLines {
  readonly records: readonly string[];
  /** Where the last complete line ends; what follows has no line end yet. */
  readonly consumedBytes: number;
  /** Lines that are not what was written: bit rot, or a write that was cut and written again elsewhere. */
  readonly damagedLines: number;
}

const newline = 0x0a;
const crcLength = 8;
const prefixLength = crcLength + 1;

/**
 * One line per record: CRC-32 of the text in eight hexadecimal digits, a space, the text. The text must not hold a line
 * break, which JSON never does. Throws RangeError when it does.
 */
export function encodeLine(record: string): string {
  if (record.includes('\n')) {
    throw new RangeError('A record of the spool is one line.');
  }
  return `${crc32(record).toString(16).padStart(crcLength, '0')} ${record}\n`;
}

/**
 * Reads up to `maxRecords` complete lines. A line that does not fit its checksum is skipped and counted; a torn tail
 * (no line end) is left alone, because in a file that still grows it is a line in the making.
 */
export function decodeLines(bytes: Buffer, maxRecords = Number.POSITIVE_INFINITY): DecodedLines {
  const records: string[] = [];
  let consumedBytes = 0;
  let damagedLines = 0;
  while (records.length < maxRecords) {
    const end = bytes.indexOf(newline, consumedBytes);
    if (end === -1) {
      break;
    }
    const record = decodeLine(bytes.subarray(consumedBytes, end));
    if (record === undefined) {
      damagedLines += 1;
    } else {
      records.push(record);
    }
    consumedBytes = end + 1;
  }
  return { records, consumedBytes, damagedLines };
}

function decodeLine(line: Buffer): string | undefined {
  if (line.length < prefixLength || line[crcLength] !== 0x20) {
    return undefined;
  }
  const text = line.subarray(prefixLength);
  const expected = Number.parseInt(line.toString('latin1', 0, crcLength), 16);
  return crc32(text) === expected ? text.toString('utf8') : undefined;
}
