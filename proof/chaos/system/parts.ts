/** The parts of a system that a fault can hit. */
export const LOGGERS = ['logger-1', 'logger-2', 'logger-3'] as const;
export const MEMBERS = ['member-1', 'member-2', 'member-3'] as const;
export const SERVICES = ['facade', 'messages', ...LOGGERS] as const;
/** The facades that there can be; a system has the first of them, or both. */
export const FACADES = ['facade', 'facade-2'] as const;
export type Logger = (typeof LOGGERS)[number];
export type Member = (typeof MEMBERS)[number];
export type Facade = (typeof FACADES)[number];
export type Service = (typeof SERVICES)[number] | Facade;
export type Part = Service | Member;

/** The number that a name ends in. */
export const numberOf = (part: Logger | Member): number => Number(part.slice(-1));

/** Whether a part is a member, not a service. */
export const isMember = (part: Part): part is Member => part.startsWith('member-');

/** Whether a part is one of the facades. */
export const isFacade = (part: Part): part is Facade => FACADES.some((facade) => facade === part);

/** What can be done to parts. Each checks that it really happened, and throws a FaultDidNotHappen if not. */
export interface Control<P extends Part> {
  /** Ends it at once, as a crash does; resolves when it is gone. */
  kill(part: P): Promise<void>;
  /** Ends it in order; resolves when it is gone. */
  terminate(part: P): Promise<void>;
  /** Halts it where it is. */
  freeze(part: P): Promise<void>;
  /** Lets it go on; it must have been halted until now. */
  resume(part: P): Promise<void>;
  /** Starts it again; resolves when it answers, which says nothing about its being ready. */
  start(part: P): Promise<void>;
}
