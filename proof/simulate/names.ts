/** The parts of a system, each with a host of its own. */
export const MEMBERS = ['member-1', 'member-2', 'member-3'] as const;
export const LOGGERS = ['logger-1', 'logger-2', 'logger-3'] as const;
export const FACADES = ['facade-1', 'facade-2'] as const;

/** The logger of a member. */
export function loggerOf(member: string): string {
  return member.replace('member', 'logger');
}

/** The member of a logger. */
export function memberOf(logger: string): string {
  return logger.replace('logger', 'member');
}
