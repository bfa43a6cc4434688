'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunCallResult } from '#lib/run-call.ts';
import type { ApiError } from '#lib/api-error.ts';

interface RunningCall {
  readonly run: () => void;
  readonly isRunning: boolean;
  /** What has been said so far. */
  readonly text: string;
  readonly result: RunCallResult | undefined;
  readonly error: ApiError | undefined;
}

/** Runs one call with a key that the page was just given. */
export function useRunCall(input: {
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
}): RunningCall {
  const [text, setText] = useState('');
  const { mutate, isPending, data, error } = useMutation<RunCallResult, ApiError>({
    mutationFn: async () => {
      setText('');
      const { runCall } = await import('#lib/run-call.ts');
      return runCall({ ...input, onText: setText });
    },
  });
  return { run: () => mutate(), isRunning: isPending, text, result: data, error: error ?? undefined };
}
