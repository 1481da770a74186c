/** A step, a fault or a scenario, with the keys of scenario files (docs/reference/scenarios.md). */
export type Step = Record<string, unknown>
export type Fault = { at: string; do?: unknown; end?: unknown }
export type Scenario = { rules?: Step[]; steps?: Step[]; otherwise?: unknown; [key: string]: unknown }

export interface ServerOptions {
  /** Names of built-in scenarios, or paths of scenario files. Without a scenario, every request gets an invented answer. */
  scenarios?: string[]
  /** More flags of `sparring serve`. */
  args?: string[]
  /** The program. Default: `SPARRING_BINARY`, or `sparring` on the PATH. */
  binary?: string
  /** Milliseconds to wait until the server accepts connections. Default: 30,000. */
  timeout?: number
}

export class Server {
  private constructor()
  static start(options?: ServerOptions): Promise<Server>
  readonly baseURL: string
  /** A session with its own script, counters and clock. Without a name, a new session is made. */
  session(name?: string): Promise<Session>
  /** Stops the server, and waits until it has ended. The server also stops when this process ends. */
  stop(): Promise<void>
  /** Calls the admin API of the server. */
  call(method: string, resource: string, query?: Record<string, string | number>, body?: unknown): Promise<any>
}

export interface Session {
  readonly name: string
  readonly baseURL: string
  readonly apiKey: string
  /** Options for `new OpenAI(session.client)`. */
  readonly client: { baseURL: string; apiKey: string }
  /** The environment variables that official clients read. */
  readonly env: Record<string, string>
  /** Plays a scenario from its start: the name of a built-in scenario, or the path of a file. */
  use(scenario: string): Promise<void>
  /** Plays a scenario: an object, or YAML text. */
  script(scenario: Scenario | string): Promise<void>
  /** Plays steps in order, one per call. */
  script(...steps: Step[]): Promise<void>
  script(steps: Step[]): Promise<void>
  /** Applies faults to the next calls. */
  faults(faults: Fault | Fault[], options?: { next?: number }): Promise<void>
  /** Moves the session's clock forward (`{ advance: '24h' }`), or sets the real seconds for each second of the session (`{ scale: 0.01 }`). */
  clock(change: { advance?: string; scale?: number }): Promise<void>
  requests(): Promise<Request[]>
  report(): Promise<Report>
  /** Throws a VerificationError if the scenario was not played to its end or a request matched no step. */
  verify(): Promise<void>
}

export interface Request {
  number: number
  method: string
  /** The path without the session's prefix. */
  path: string
  /** The endpoint in the notation of scenarios, such as `chat.completions`; null for an unknown path. */
  endpoint: string | null
  /** Names are in lower case; keys and cookies are masked. */
  headers: Record<string, string>
  body: string
  /** The body, parsed as JSON on access. */
  readonly json: any
  status: number
  /** 1 + the number of earlier equal requests of the session. */
  attempt: number
  step: string | null
  unmatched: string | null
  /** The reason why the API would refuse a request that Sparring answers, such as a request for a retired model. */
  warning: string | null
  /** The answer as marbles: H head, d event, D end of body, ! fault, . connection open, | closed, X reset. */
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
  /** Error answers, counted by status. */
  errors: Record<string, number>
  /** Requests that the API's own checks refused, each with the reason. */
  refused: string[]
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
  /** Sets the variables of official clients during the test. Must not be used in tests that run in parallel. */
  env?: boolean
  /** The value `false` allows unused steps, and requests that match no step. */
  verify?: boolean
}

type Body<Context extends unknown[]> = (session: Session, ...context: Context) => unknown

/** A test body that gets its own session. All tests of the process share one server. */
export function sparring<Context extends unknown[]>(
  scenario: string | Step[], body: Body<Context>, options?: TestOptions): (...context: Context) => Promise<void>
export function sparring<Context extends unknown[]>(
  body: Body<Context>, options?: TestOptions): (...context: Context) => Promise<void>
