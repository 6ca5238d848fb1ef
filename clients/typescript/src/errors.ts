/** What can go wrong so that only the caller can help. */

/** The gateway answered, and refused: `401` for the key, `403` for destination or origin. The client is closed. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The contract's error type, if the gateway said one. */
    readonly errorType: string | undefined,
    detail: string,
  ) {
    super(`the gateway refused the connection: ${status} ${detail}`);
  }
}

/** Why a command has no result. */
export type NoResultReason =
  /** None came in time. */
  | "timeout"
  /** The gateway was started again, and does not know the command any more. */
  | "restart"
  /** It was given a second time too fast, and what became of the first is not known. */
  | "repeat"
  /** A frame was too large for the gateway or for something before it. */
  | "size"
  /** Too many commands wait for their results. */
  | "busy"
  /** A command of this id is under way. */
  | "id"
  /** The client is closed. */
  | "closed";

/** A command has no result, and will have none. */
export class NoResult extends Error {
  override readonly name = "NoResult";

  constructor(
    readonly reason: NoResultReason,
    readonly commandId: string,
    /** Whether the gateway may have got it. */
    readonly mayHaveRun: boolean,
  ) {
    super(`no result of command ${commandId}: ${TEXTS[reason]}`);
  }
}

const TEXTS: Record<NoResultReason, string> = {
  timeout: "none came in time",
  restart: "the gateway was started again",
  repeat: "it was sent again, and the gateway had too much to do",
  size: "it is too large",
  busy: "too many commands wait for their results",
  id: "a command of this id is under way",
  closed: "the client is closed",
};

/** Who reads events with `for await` was so slow that events would have to be dropped. */
export class SlowReader extends Error {
  override readonly name = "SlowReader";

  constructor(limit: number) {
    super(`more than ${limit} events wait to be read`);
  }
}
