// Starts the program as a child process, and calls its admin API (docs/reference/admin.md). Uses only modules of Node, and not
// `fetch`, which a test may have replaced.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'

/** An error of the admin API: what is wrong, where, and what to do. */
export class AdminError extends Error {
  name = 'AdminError'
}

/** The scenario was not played to its end, or a request matched no step. The message shows the exchanges on the wire. */
export class VerificationError extends Error {
  name = 'VerificationError'

  constructor(report) {
    super(complaint(report))
    this.report = report
  }
}

export class Server {
  #process
  #token
  #sessions = 0

  /** Use `Server.start`. */
  constructor(process, token, baseURL) {
    this.#process = process
    this.#token = token
    this.baseURL = baseURL
  }

  static async start({ scenarios = [], args = [], binary = process.env.SPARRING_BINARY ?? 'sparring', timeout = 30_000 } = {}) {
    const token = randomBytes(18).toString('base64url')
    const fixed = ['--host', '127.0.0.1', '--port', '0', '--ready-file', '-', '--quiet', '--until-eof']
    const child = spawn(binary, ['serve', ...scenarios, ...args, ...fixed], {
      // The server ends when its standard input ends, so it ends together with this process. Ctrl-C in the terminal must reach only the
      // tests.
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, SPARRING_ADMIN_TOKEN: token },
    })
    const baseURL = await announced(child, timeout).catch((error) => {
      child.kill('SIGKILL')
      throw new Error(`${binary} serve did not start: ${error.message}`)
    })
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref()
    return new Server(child, token, baseURL)
  }

  /** A session with its own script, counters and clock. Without a name, a new session is made. */
  async session(name = `s${++this.#sessions}-${randomBytes(3).toString('hex')}`) {
    const session = new Session(this, name)
    // The first call creates the session; this call only creates it and changes nothing else.
    await session.clock({ scale: 1 })
    return session
  }

  /** Stops the server, and waits until it has ended. */
  async stop() {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    child.ref()
    const ended = child.exitCode ?? child.signalCode ?? new Promise((resolve) => child.once('exit', resolve))
    child.stdin.end()
    await ended
  }

  /** Calls the admin API. */
  async call(method, resource, query = {}, body = undefined) {
    const url = new URL(`/_sparring/${resource}`, this.baseURL)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const headers = { accept: 'application/json', authorization: `Bearer ${this.#token}` }
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const { status, answer } = await new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent: false }, (response) => {
        const pieces = []
        response.on('data', (piece) => pieces.push(piece)).on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode, answer: JSON.parse(Buffer.concat(pieces)) }))
      })
      sent.on('error', reject).end(text)
    })
    if (status !== 200) throw new AdminError(refusal(answer.error, status, typeof body === 'string'))
    return answer
  }
}

/** Waits for the line that the server prints when it accepts connections: its base URL. Rejects with the program's standard error. */
function announced(child, timeout) {
  return new Promise((resolve, reject) => {
    let line = ''
    let errors = ''
    const timer = setTimeout(() => reject(new Error(`no base URL within ${timeout} ms\n${errors}`)), timeout)
    const fail = (reason) => {
      clearTimeout(timer)
      reject(new Error(`${reason}\n${errors}`))
    }
    child.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-65_536)))
    child.on('error', (error) => fail(error.message))
    child.on('close', (code, signal) => fail(`it ended with ${code ?? signal}`))
    child.stdout.setEncoding('utf8').on('data', (text) => {
      line += text
      if (!line.includes('\n')) return
      clearTimeout(timer)
      resolve(line.trim())
    })
  })
}

export class Session {
  #server

  constructor(server, name) {
    this.#server = server
    this.name = name
    this.baseURL = server.baseURL.replace(/\/v1$/, `/s/${name}/v1`)
    this.apiKey = `sk-sparring-${name}`
  }

  /** Options for `new OpenAI(session.client)`. */
  get client() {
    return { baseURL: this.baseURL, apiKey: this.apiKey }
  }

  /** The environment variables that official clients read. */
  get env() {
    const own = '127.0.0.1,localhost'
    return { OPENAI_BASE_URL: this.baseURL, OPENAI_API_KEY: this.apiKey, NO_PROXY: own, no_proxy: own }
  }

  /** Plays a scenario from its start: the name of a built-in scenario, or the path of a file. */
  async use(scenario) {
    if (/\.(ya?ml|json)$/.test(scenario)) await this.#call('PUT', 'scenario', {}, await readFile(scenario, 'utf8'))
    else await this.#call('PUT', 'scenario', { use: scenario })
  }

  /** Plays steps, one per call, which may also be one array; or a scenario as an object (`{ rules, otherwise }`); or YAML text. */
  async script(...steps) {
    const [first] = steps
    const isWhole = steps.length === 1 && (typeof first === 'string' || 'rules' in first || 'steps' in first || 'otherwise' in first)
    const scenario = isWhole ? first : { steps: steps.flat() }
    await this.#call(
      'PUT', 'scenario', {}, typeof scenario === 'string' ? scenario : { schema: 1, scenario: 'script', ...scenario })
  }

  /** Applies faults to the next calls, such as `{ at: 'event 5', end: 'reset' }`. */
  async faults(faults, { next = 1 } = {}) {
    await this.#call('POST', 'faults', {}, { next, faults: [faults].flat() })
  }

  /** Moves the session's clock forward (`{ advance: '24h' }`), or sets the real seconds for each second of the session (`{ scale: 0.01 }`). */
  async clock(change) {
    await this.#call('POST', 'clock', {}, change)
  }

  /** The calls so far, in order. Requests for lists of models and similar auxiliary requests are left out. */
  async requests() {
    const entries = await this.#call('GET', 'journal', { bodies: 'true', limit: 10_000 })
    return entries.filter((entry) => !entry.auxiliary).map(asRequest)
  }

  async report() {
    return await this.#call('GET', 'verification')
  }

  /** Throws a VerificationError if a request matched no step, a step was not used, or a fault had no effect. */
  async verify() {
    const report = await this.report()
    if (!report.held) throw new VerificationError(report)
  }

  #call(method, resource, query = {}, body = undefined) {
    return this.#server.call(method, resource, { ...query, session: this.name }, body)
  }
}

let shared

/**
 * A test body that gets its own session. All tests of the process share one server:
 *
 *     test('tries again', sparring('two-rate-limits', async (session) => { … }))
 */
export function sparring(scenario, body, { env = false, verify = true } = {}) {
  if (typeof scenario === 'function') return sparring(undefined, scenario, body)
  return async (...context) => {
    const server = await (shared ??= Server.start())
    const session = await server.session()
    if (Array.isArray(scenario)) await session.script(...scenario)
    else if (scenario?.includes('\n')) await session.script(scenario)
    else if (scenario !== undefined) await session.use(scenario)
    const before = env ? replace(session.env) : {}
    try {
      await body(session, ...context)
    } finally {
      replace(before)
    }
    if (verify) await session.verify()
  }
}

/** Sets environment variables, and returns their earlier values. */
function replace(variables) {
  const before = {}
  for (const [name, value] of Object.entries(variables)) {
    before[name] = process.env[name]
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  return before
}

function asRequest(entry) {
  const { headers: fields, body, body_base64: encoded, path, ...rest } = entry
  const headers = {}
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value
  }
  const text = body ?? Buffer.from(encoded, 'base64').toString('latin1')
  const request = { ...rest, path: path.replace(/^\/s\/[^/]+/, ''), headers, body: text }
  // The body is parsed on access, because not every body is JSON.
  return Object.defineProperty(request, 'json', { get: () => JSON.parse(text), enumerable: false })
}

function refusal(error, status, isText) {
  const mistakes = (error?.mistakes ?? []).map((mistake) => place(mistake, isText))
  if (mistakes.length === 1) return mistakes[0]
  if (mistakes.length) return [`${mistakes.length} mistakes:`, ...mistakes].join('\n  ')
  // The parameters of the admin API are unknown to callers of this package.
  const where = error?.where?.startsWith('query') ? '' : ` (${error?.where ?? '?'})`
  return `${error?.what ?? `status ${status}`}${where}: ${error?.fix ?? ''}`
}

// The mistake with its place: line and column for a text; step and key for a value, because the caller does not know the JSON that is sent.
function place({ line, column, where, message }, isText) {
  if (isText) return `line ${line}, column ${column}: ${message}`
  return where ? `${where}: ${message}` : message
}

const marbles = 'marbles: H head, d event, D end of body, b part of an event, ! fault, . connection open, | closed, X reset'

function complaint(report) {
  const lines = [`sparring: ${report.scenario}: verification failed`]
  lines.push(...report.refused.map((text) => `  refused: ${text}`))
  lines.push(...report.unmatched.map((text) => `  unmatched: ${text}`))
  lines.push(...report.left_over.map((text) => `  left over: ${text}`))
  lines.push(...report.faults.missed.map((text) => `  fault not delivered: ${text}`))
  if (report.unexpected) lines.push(`  ${report.unexpected}`)
  lines.push('', ...(report.trace.length ? ['the wire, in milliseconds:', ...report.trace, marbles] : ['no request came']))
  return lines.join('\n')
}
