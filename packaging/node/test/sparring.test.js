import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdminError, Server, VerificationError, sparring } from 'sparring'

// The run has its own home, without the user's settings, keys and proxies.
const home = mkdtempSync(join(tmpdir(), 'sparring-home-'))
after(() => rmSync(home, { recursive: true, force: true }))
for (const name of Object.keys(process.env)) {
  if (/^(SPARRING_(?!BINARY$)|OPENAI_|TIKTOKEN_)|_proxy$/i.test(name)) delete process.env[name]
}
for (const name of ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME']) process.env[name] = home

async function chat({ baseURL, apiKey }, text = 'hi') {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }] }),
  })
  return { status: response.status, text: (await response.json()).choices?.[0].message.content }
}

describe('a test body', { concurrency: true }, () => {
  test('plays a scenario by name', sparring('two-rate-limits', async (session) => {
    const statuses = [await chat(session), await chat(session), await chat(session)].map((answer) => answer.status)
    assert.deepEqual(statuses, [429, 429, 200])
    const requests = await session.requests()
    assert.deepEqual(requests.map((r) => [r.path, r.attempt]), [1, 2, 3].map((n) => ['/v1/chat/completions', n]))
    assert.equal(requests[0].json.messages[0].content, 'hi')
    assert.equal(requests[0].headers['content-type'], 'application/json')
  }))

  test('plays steps, and gets the context of the test runner', sparring([{ text: 'one' }, { text: 'two' }], async (session, context) => {
    assert.equal((await chat(session)).text + (await chat(session)).text, 'onetwo')
    assert.match(context.name, /context/)
  }))

  test('plays YAML text', sparring('schema: 1\nscenario: y\nsteps: [ { text: yaml } ]\n', async (session) => {
    assert.equal((await chat(session)).text, 'yaml')
  }))

  for (let number = 0; number < 20; number++) {
    test(`does not affect other tests: ${number}`, sparring(async (session) => {
      await session.script({ error: 'rate_limit_exceeded' }, { text: String(number) })
      assert.equal((await chat(session)).status, 429)
      assert.equal((await chat(session)).text, String(number))
    }))
  }

  test('fails if a step is left over, and shows the wire', async () => {
    const body = sparring('two-rate-limits', (session) => chat(session))
    await assert.rejects(body, (error) => {
      assert(error instanceof VerificationError)
      assert.match(error.message, /left over: rule 1, step 1/)
      assert.match(error.message, /← 429 {2}rule 1, step 1/)
      return true
    })
    await sparring('two-rate-limits', () => {}, { verify: false })()
  })

  test('reports mistakes with their place', async () => {
    await assert.rejects(sparring('two-rate-limit', () => {}), AdminError)
    const once = { message: /^step 1, txt: unknown key 'txt'[^\n]*$/ }
    await assert.rejects(sparring([{ text: 'x', txt: 'y' }], () => {}), once)
    const text = 'schema: 1\nscenario: inline\nsteps:\n  - text: x\n    txt: y\n'
    await assert.rejects(sparring(text, () => {}), { message: /^line 5, column 5: unknown key 'txt'/ })
  })
})

test('a test body sets the environment, and restores it afterwards', async () => {
  process.env.OPENAI_API_KEY = 'mine'
  delete process.env.OPENAI_BASE_URL
  await sparring('hello', async (session) => {
    assert.equal(process.env.OPENAI_API_KEY, session.apiKey)
    await chat({ baseURL: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY })
  }, { env: true })()
  assert.equal(process.env.OPENAI_API_KEY, 'mine')
  assert(!('OPENAI_BASE_URL' in process.env))
})

test('a session has faults, rules and a clock', sparring(async (session) => {
  await session.faults({ at: 'head', end: 'reset' })
  await assert.rejects(chat(session))
  await session.clock({ advance: '24h' })
  await session.script({ rules: [{ when: { 'last.user': { contains: 'blue' } }, text: 'sky' }], otherwise: 'auto' })
  assert.equal((await chat(session, 'blue')).text, 'sky')
}))

test('steps may be one array', sparring(async (session) => {
  await session.script([{ text: 'a' }, { text: 'b' }])
  assert.deepEqual([(await chat(session)).text, (await chat(session)).text], ['a', 'b'])
}))

test('a server is started and stopped', async () => {
  const server = await Server.start({ scenarios: ['hello'], args: ['--seed', '77'] })
  assert.equal((await server.call('GET', 'health')).seed, 77)
  const session = await server.session()
  assert.equal((await chat(session)).status, 200)
  await session.verify()
  const bystander = spawn('sleep', ['60'], { env: { ...process.env, OPENAI_BASE_URL: server.baseURL } })
  await server.stop()
  await assert.rejects(chat(session))
  assert(bystander.kill(0), 'another process with the same base URL still runs')
  bystander.kill()
  await assert.rejects(Server.start({ scenarios: ['no-such'] }), /no-such/)
  await assert.rejects(Server.start({ binary: '/no/such/program' }), /ENOENT/)
})

test('a program can end while its server runs, and the server ends with it', async () => {
  const index = fileURLToPath(new URL('../index.js', import.meta.url))
  for (const end of ['', 'process.kill(process.pid, "SIGKILL")']) {
    const code = `import { Server } from ${JSON.stringify(index)}
      const server = await Server.start()
      console.log(server.baseURL)
      ${end}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    let url = ''
    for await (const piece of child.stdout) url += piece
    const deadline = Date.now() + 300_000
    let isUp = true
    while (isUp && Date.now() < deadline) {
      isUp = await fetch(url.trim() + '/models').then(() => true, () => false)
      if (isUp) await sleep(10)
    }
    assert(!isUp)
  }
})
