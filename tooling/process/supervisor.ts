import { Failure } from '../failure.ts';
import { exitSentence, startChild, type ChildOptions, type Launch, type RunningChild } from './child.ts';
import { createLeash } from './leash.ts';

/** Stopped in this order, so that nobody loses what it needs for an orderly end. */
const stopOrder = ['task', 'front', 'back', 'storage'] as const;

/**
 * `task`: runs to its end by itself. `front`: takes calls. `back`: does work for the front. `storage`: holds what the
 * others must still write when they stop.
 */
export type Stage = (typeof stopOrder)[number];

/** Everything a launcher has started, and one way to end all of it. */
export interface Supervisor {
  /** How to start children of that stage. A child that is started after `stopAll` is stopped at once. */
  stage(stage: Stage): { readonly launch: Launch };
  /** Settles with a sentence when a child that is no task ends without having been asked to. */
  readonly failure: Promise<string>;
  /** Ends all children in order; resolves when none runs. */
  stopAll(): Promise<void>;
  /** Ends all children at once, for those who cannot wait. */
  killAll(): Promise<void>;
}

/** Makes a supervisor. Its children also end when this process is killed. */
export function createSupervisor(): Supervisor {
  const leash = createLeash();
  const children: { readonly stage: Stage; readonly child: RunningChild }[] = [];
  let isClosed = false;
  let reportFailure: (sentence: string) => void;
  const failure = new Promise<string>((resolve) => {
    reportFailure = resolve;
  });

  const watch = async (child: RunningChild) => {
    const exit = await child.exited;
    if (!child.isStopping()) reportFailure(exitSentence(child, exit));
  };

  const launch = async (stage: Stage, options: ChildOptions): Promise<RunningChild> => {
    const interrupted = () => new Failure(`The ${options.name} was not started: everything is being stopped.`);
    if (isClosed) throw interrupted();
    const child = await startChild({ leash, ...options });
    children.push({ stage, child });
    if (isClosed) {
      await child.stop();
      throw interrupted();
    }
    if (stage !== 'task') void watch(child);
    return child;
  };

  const stopAll = async () => {
    isClosed = true;
    for (const stage of stopOrder) {
      const ofStage = children.filter((entry) => entry.stage === stage);
      await Promise.all(ofStage.map(({ child }) => child.stop()));
    }
    leash.close();
  };

  return {
    stage: (stage) => ({ launch: (options) => launch(stage, options) }),
    failure,
    stopAll,
    async killAll() {
      isClosed = true;
      await Promise.all(children.filter(({ child }) => !child.hasExited()).map(({ child }) => child.kill()));
      leash.close();
    },
  };
}

/** Runs a program to its end. Throws a `Failure` with the end of its log when it fails. */
export async function runTask(supervisor: Supervisor, options: ChildOptions): Promise<void> {
  const child = await supervisor.stage('task').launch(options);
  const exit = await child.exited;
  if (exit.code !== 0) throw new Failure(exitSentence(child, exit));
}
