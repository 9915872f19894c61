/** Options that every command has, as commander writes them. */
export const GLOBAL_OPTIONS = [
  ['--socket <PATH>', 'Unix socket of the agent (SALLYPORT_AGENT_SOCKET)'],
  ['--server <URL>', 'Address of the server (SALLYPORT_SERVER)'],
  ['--json', 'Print one JSON value, also when it fails'],
  ['--no-color', 'No colour, also on a terminal (NO_COLOR)'],
  ['-h, --help', 'Show this help'],
] as const;
