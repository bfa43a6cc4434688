interface FailureWords {
  readonly cause: string;
  readonly remedy: string;
}

/** What a failure means and what to do about it, by the kind that the gateway gave it. */
const words: Readonly<Record<string, FailureWords>> = {
  rate_limited: {
    cause: 'The provider refused the call because of its own rate limit.',
    remedy:
      'Nothing to change: other endpoints of the model are tried first. If it happens often, ask the provider for more.',
  },
  overloaded: {
    cause: 'The provider said that it is overloaded.',
    remedy: 'It passes. A model with more than one provider fails over by itself.',
  },
  timeout: {
    cause: 'The provider did not answer in time.',
    remedy: 'Ask for less output, stream the answer, or choose a faster model.',
  },
  connection: {
    cause: 'The connection to the provider failed.',
    remedy: 'It usually passes. If not, check the base URL of the provider.',
  },
  rejected: {
    cause: 'The provider does not accept the request as it is.',
    remedy: 'Its own words are below: usually a parameter that this model does not know.',
  },
  unauthorized: {
    cause: 'The provider does not accept the credential that was used.',
    remedy: 'Whoever runs this Turnpike has to renew the credential of this provider.',
  },
  context_too_long: {
    cause: 'The input is longer than the context of the model.',
    remedy: 'Shorten the messages, or choose a model with more context.',
  },
  content_filtered: {
    cause: 'The provider refused the content.',
    remedy: 'Its policy decides. Another model may answer.',
  },
  server: { cause: 'The provider failed while it answered.', remedy: 'It usually passes; the call can be made again.' },
  malformed: {
    cause: 'The provider sent something that is not an answer.',
    remedy: 'It usually passes; the call can be made again.',
  },
};

/** The words for a kind of failure; for one that is not known, the kind itself, because silence explains less. */
export function failureWords(kind: string): FailureWords {
  return (
    words[kind] ?? { cause: `The call failed: ${kind.replaceAll('_', ' ')}.`, remedy: 'The attempts below say more.' }
  );
}
