/** What the tests read of error answers. */
export interface ErrorAnswer {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    readonly param: string | null;
    readonly metadata: Readonly<Record<string, unknown>> & { readonly attempts?: readonly unknown[] };
  };
}

/** What the tests read of chat answers. */
export interface ChatAnswer {
  readonly choices: readonly { readonly finish_reason: string }[];
  readonly usage: { readonly completion_tokens: number; readonly cost_nano_usd: string };
}

/** Reads an answer as what the test expects it to be; a wrong expectation shows in the assertions that follow. */
export async function readJson<Expected>(response: Response): Promise<Expected> {
  const json: Expected = JSON.parse(await response.text());
  return json;
}
