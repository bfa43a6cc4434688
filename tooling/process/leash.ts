import { spawn } from 'node:child_process';

/**
 * Ends process groups when this process is gone without having stopped them, as after `kill -9`: a shell of its own
 * session holds the other end of a pipe, and the pipe closes however we die.
 */
export interface Leash {
  /** From now on the group dies with us; `signal` is what asks it to stop. */
  add(groupId: number, signal: 'TERM' | 'INT'): void;
  /** The group has been stopped, and its id may be given to others. */
  drop(groupId: number): void;
  /** Lets go of everything that is still on the leash. */
  close(): void;
}

/** Ten seconds to stop by itself, as in an orderly stop, then by force. */
const script = `
groups=""
while read -r verb group signal; do
  if [ "$verb" = add ]; then groups="$groups $group:$signal"; fi
  if [ "$verb" = drop ]; then
    kept=""
    for entry in $groups; do [ "\${entry%%:*}" = "$group" ] || kept="$kept $entry"; done
    groups="$kept"
  fi
done
for entry in $groups; do kill -s "\${entry##*:}" -- "-\${entry%%:*}" 2>/dev/null; done
n=0
while [ $n -lt 100 ]; do
  alive=""
  for entry in $groups; do kill -s 0 -- "-\${entry%%:*}" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  n=$((n + 1))
done
for entry in $groups; do kill -s KILL -- "-\${entry%%:*}" 2>/dev/null; done
`;

/** Starts the watching shell. Every launcher needs one only; it ends by itself after `close` or after our death. */
export function createLeash(): Leash {
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  const { stdin } = shell;
  // The shell can only be gone when someone killed it; the ordinary stop still works then.
  stdin.on('error', () => {});
  const held = new Set<number>();
  const drop = (groupId: number) => {
    if (held.delete(groupId)) stdin.write(`drop ${groupId}\n`);
  };
  return {
    add(groupId, signal) {
      held.add(groupId);
      stdin.write(`add ${groupId} ${signal}\n`);
    },
    drop,
    close() {
      for (const groupId of held) drop(groupId);
      stdin.end();
    },
  };
}
