/** A step, a fault or a scenario in the words of scenario files (README.md). */
export type Step = Record<string, unknown>
export type Fault = { at: string; do?: unknown; end?: unknown }
export type Scenario = { rules?: Step[]; steps?: Step[]; otherwise?: unknown; [key: string]: unknown }

export interface ServerOptions {
  /** Names of built-in scenarios, or paths; none: every request gets an answer made up from it. */
  scenarios?: string[]
  /** More flags of `sparring serve`. */
  args?: string[]
  /** `SPARRING_BINARY`, or `sparring` on the PATH, unless told. */
  binary?: string
  /** Milliseconds to wait until it is up; 30,000 unless told. */
  timeout?: number
}

export class Server {
  private constructor()
  static start(options?: ServerOptions): Promise<Server>
  readonly baseURL: string
  /** A world of its own: script, counters, clock. Without a name a new one. */
  session(name?: string): Promise<Session>
  /** Waits until the server has ended. It ends with the process, too. */
  stop(): Promise<void>
  /** One call of the admin API. */
  call(method: string, resource: string, query?: Record<string, string | number>, body?: unknown): Promise<any>
}

export interface Session {
  readonly name: string
  readonly baseURL: string
  readonly apiKey: string
  /** For `new OpenAI(session.client)`. */
  readonly client: { baseURL: string; apiKey: string }
  /** What official clients read. */
  readonly env: Record<string, string>
  /** Answers by a scenario from its start: the name of a built-in one, or the path of a file. */
  use(scenario: string): Promise<void>
  /** Answers by a scenario: an object, or YAML text. */
  script(scenario: Scenario | string): Promise<void>
  /** Answers by steps, in order, one a call. */
  script(...steps: Step[]): Promise<void>
  /** Breaks the next calls. */
  faults(faults: Fault | Fault[], options?: { next?: number }): Promise<void>
  /** `{ advance: '24h' }`, `{ scale: 0.01 }` */
  clock(change: { advance?: string; scale?: number }): Promise<void>
  requests(): Promise<Request[]>
  report(): Promise<Report>
  /** Throws a VerificationError where the scenario did not come true. */
  verify(): Promise<void>
}

export interface Request {
  number: number
  method: string
  /** Without the part that names the session. */
  path: string
  /** As in scenarios, such as `chat.completions`; null for a path that nothing serves. */
  endpoint: string | null
  /** Names in lower case; keys and cookies are masked. */
  headers: Record<string, string>
  body: string
  /** The body, parsed when asked for. */
  readonly json: any
  status: number
  /** 1 + earlier equal requests of the session. */
  attempt: number
  step: string | null
  unmatched: string | null
  /** What the answer passes over where the API would not, such as a model that it has no more. */
  warning: string | null
  marbles: string
  timeline: Array<{ ms: number; what: string; [detail: string]: unknown }>
}

export interface Report {
  session: string
  scenario: string
  seed: number
  held: boolean
  calls: number
  attempts: number
  faults: { ordered: number; delivered: number; missed: string[] }
  unmatched: string[]
  left_over: string[]
  warnings: string[]
  unexpected: string | null
  dropped_exchanges: number
  trace: string[]
}

export class AdminError extends Error {}
export class VerificationError extends Error {
  readonly report: Report
}

export interface TestOptions {
  /** Sets the variables that official clients read for the time of the test; not for tests that run at once. */
  env?: boolean
  /** `false` lets steps be left over and requests be unmatched. */
  verify?: boolean
}

type Body<Context extends unknown[]> = (session: Session, ...context: Context) => unknown

/** A test body with a session of its own, on a server that all tests of the process share. */
export function sparring<Context extends unknown[]>(
  scenario: string | Step[], body: Body<Context>, options?: TestOptions): (...context: Context) => Promise<void>
export function sparring<Context extends unknown[]>(
  body: Body<Context>, options?: TestOptions): (...context: Context) => Promise<void>
