/**
 * Reads server-sent events of a body that comes in any pieces: gives the data of each event. Comments (keep-alives)
 * and other fields are skipped. Ends when the body ends.
 */
export async function* readSseData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // An event ends with an empty line; what follows the last one is not whole yet.
      const events = rest.replaceAll('\r\n', '\n').split('\n\n');
      rest = done ? '' : (events.pop() ?? '');
      for (const event of events) {
        const data = dataOf(event);
        if (data !== undefined) {
          yield data;
        }
      }
      if (done) {
        return;
      }
    }
  } finally {
    await reader.cancel();
  }
}

function dataOf(event: string): string | undefined {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
