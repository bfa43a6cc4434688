import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Failure } from '../failure.ts';

const loopback = '127.0.0.1';
const connectTimeoutMs = 500;

/** A port of the loopback interface that nothing uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('The system gave no port.'));
        else resolve(address.port);
      });
    });
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, loopback, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections at the address. */
export function answers(port: number, host: string = loopback): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: connectTimeoutMs });
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}

/**
 * Whether `port` can be ours. A server on `::1` alone would not stop us from listening, but a browser that opens
 * `localhost` would reach it instead of us, so it counts as taken.
 */
export async function portIsFree(port: number): Promise<boolean> {
  return (await canListen(port)) && !(await answers(port, '::1'));
}

/** The first free port from `first` on; looks at twenty. */
export async function nextFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 20; port += 1) {
    if (await portIsFree(port)) return port;
  }
  throw new Failure(`Ports ${first} to ${first + 19} are all taken. Free one of them and start again.`);
}

/** The kernel's table lists an address as `0100007F:1F90`; state `0A` is listening. */
function listeningInode(table: string, port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === '0A') return fields[9];
  }
  return undefined;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or the process went away or belongs to someone else: then there is nothing to tell.
    return '';
  }
}

function ownsSocket(pid: string, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`);
  } catch {
    return false;
  }
}

/** Which process listens on `port`, for example `node, process 4711`; undefined where the system does not tell. */
export function portHolder(port: number): string | undefined {
  const inode =
    listeningInode(readOrEmpty('/proc/net/tcp'), port) ?? listeningInode(readOrEmpty('/proc/net/tcp6'), port);
  if (inode === undefined) return undefined;
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && ownsSocket(entry, inode));
  return pid === undefined ? undefined : `${readOrEmpty(`/proc/${pid}/comm`).trim()}, process ${pid}`;
}

/** The sentence for a taken port: what it was for, who has it, and the variable that chooses another. */
export function takenPortSentence(port: number, purpose: string, variable: string, holder: string | undefined): string {
  const by = holder === undefined ? 'another program' : `another program (${holder})`;
  return `Port ${port}, which the ${purpose} needs, is taken by ${by}. Stop it, or choose another port: ${variable}=${port + 100} npm start`;
}

/** Returns `port`; throws the sentence of `takenPortSentence` when it is taken. */
export async function requirePort(port: number, purpose: string, variable: string): Promise<number> {
  if (await portIsFree(port)) return port;
  throw new Failure(takenPortSentence(port, purpose, variable, portHolder(port)));
}
