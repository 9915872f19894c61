import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../ids.ts';
import type { AgentLink } from './agent-link.ts';

/** Whoever asks whether we are ready does not wait longer for the agent. */
const PATIENCE_MS = 2_000;
/** Anybody may ask: the agent is not asked more often than this. */
const REMEMBERED_MS = 2_000;

export type Reachability = 'reachable' | 'unreachable';
/** Whether the agent answers, at most two seconds old. Never throws. */
export type AgentProbe = () => Promise<Reachability>;

export function createAgentProbe(agent: AgentLink, now: World['now']): AgentProbe {
  let asked: { readonly at: number; readonly answer: Promise<Reachability> } | null = null;
  return () => {
    const at = now();
    // A clock that was set back must not keep an old answer.
    if (asked === null || Math.abs(at - asked.at) >= REMEMBERED_MS) {
      asked = { at, answer: probe(agent) };
    }
    return asked.answer;
  };
}

async function probe(agent: AgentLink): Promise<Reachability> {
  const waiting = new AbortController();
  const late = delay(PATIENCE_MS, 'unreachable' as const, {
    signal: waiting.signal,
    ref: false,
  }).catch(() => 'unreachable' as const);
  // The newest event alone: the agent has it in memory and asks nobody for it.
  const answer = agent
    .as('sallyport')('events', { query: { limit: 1 } })
    .then(
      () => 'reachable' as const,
      () => 'unreachable' as const,
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    waiting.abort();
  }
}
