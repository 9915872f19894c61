import { hash, verify } from '@node-rs/argon2';

/** argon2id with 19 MiB, two passes, one lane: OWASP's smallest that resists graphics cards. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes in the thread pool, each with its own memory: more at once would only take turns. */
const AT_ONCE = 4;
const waiting: (() => void)[] = [];
let running = 0;

/** @returns a PHC string; its parameters are in it, so that they can grow later */
export function hashPassword(password: string): Promise<string> {
  return oneOfFew(() => hash(password.normalize('NFKC'), COST));
}

/**
 * Takes as long when there is no such user (`stored` is null), so that nobody learns by the clock
 * who exists.
 */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  const against = stored ?? (await (decoy ??= hashPassword('nobody has this password')));
  const right = await oneOfFew(() => verify(against, password.normalize('NFKC')));
  return stored !== null && right;
}

let decoy: Promise<string> | undefined;

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    // Whoever waits takes the place over; only without one it becomes free.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
