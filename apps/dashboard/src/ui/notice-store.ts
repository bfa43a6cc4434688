export interface Notice {
  readonly title: string;
  readonly description?: string;
  readonly isError?: boolean;
  /** A way back: "Undo" beside what was just done. */
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

type Listener = () => void;

const listeners = new Set<Listener>();
let waiting: readonly Notice[] = [];

/** Says that something happened. Errors stay until they are closed, for they may need to be copied. */
export function notify(notice: Notice): void {
  waiting = [...waiting, notice];
  for (const listener of listeners) {
    listener();
  }
}

/** Notices that nobody has shown yet. */
export function waitingNotices(): readonly Notice[] {
  return waiting;
}

/** Takes all waiting notices, so that each is shown once. */
export function takeNotices(): readonly Notice[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

export function subscribeToNotices(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
