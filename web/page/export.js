// Exports an exchange in a form that can be kept: a command, a step, a scenario, a case file for `sparring check --cases`.
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

function asCurl(e) {
  const skipped = ["host", "content-length", "connection", "accept-encoding", "authorization", "api-key"];
  const headers = (e.headers || []).filter(([name]) => !skipped.includes(name.toLowerCase()));
  const cut = e.body_bytes ? "# The body is cut: the request was longer.\n" : "";
  return cut + [`curl -N ${e.method === (e.body ? "POST" : "GET") ? "" : `-X ${quoted(e.method)} `}${quoted(originOf() + e.path)}`, "-H 'Authorization: Bearer sk-sparring'",
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`), ...(e.body ? [`--data-raw ${quoted(e.body)}`] : [])].join(" \\\n  ");
}

// JSON is YAML, except for three characters that end a line in YAML.
const yaml = value => JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
const comments = problems => problems.map(text => `# ${text.replace(/\s+/g, " ")}\n`).join("");

const asStep = full => { const { step, problems } = stepOf(full); return `${comments(problems)}- ${yaml(step)}\n`; };

// Makes the attempts of a call the steps of one rule.
function asScenario(list) {
  const e = list[0], made = list.map(stepOf);
  const when = { ...(e.endpoint ? { endpoint: e.endpoint } : {}), ...(e.model ? { model: e.model } : {}) };
  return `${comments(made.flatMap(m => m.problems))}schema: 1\nscenario: from-exchange-${e.number}\nrules:\n  - when: ${yaml(when)}\n    steps:\n`
    + made.map(m => `      - ${yaml(m.step)}\n`).join("") + "    then: last\notherwise: auto\n";
}

// The task of a conformance case for an endpoint; null if the kit has no such task.
function taskOf(e) {
  // A body that was cut cannot be parsed.
  const streams = parsed(e.body ?? "")?.stream ?? /event-stream/.test(decodeAnswer(e)?.header("content-type") ?? "");
  return { "chat.completions": streams ? "chat.stream" : "chat", responses: streams ? "responses.stream" : "responses", embeddings: "embeddings", moderations: "moderations" }[e.endpoint] ?? null;
}

// The requirements of the case, taken from this client: its number of requests, and at least the waits that the server asked for.
function asCase(list) {
  const e = list[0], last = list.at(-1), made = list.map(stepOf), op = taskOf(e);
  if (!op) return `# The kit has no task for ${e.endpoint ?? e.path}: write a scenario instead.\n`;
  const gaps = list.slice(0, -1).map((x, i) => x.retry_hint ? { between: [i + 1, i + 2], min: `${Math.round(x.retry_hint.told_ms)}ms` } : null).filter(Boolean);
  const succeeded = last.status < 400 && !last.timeline.some(t => t.what === "fault_delivered");
  const expect = { exit: succeeded ? 0 : "nonzero", wire: { attempts: list.length, ...(gaps.length ? { gaps } : {}) } };
  // The kit cannot know how long a stream with a pace takes.
  const paced = made.some(m => m.step.stream), took = (last.timeline.at(-1)?.ms ?? 0) - startOf(e);
  const id = `recorded.exchange-${e.number}`;
  return `${comments([`Save as recorded.yaml, then: sparring check --cases recorded.yaml ${id} -- YOUR-PROGRAM`, ...made.flatMap(m => m.problems)])}`
    + `schema: 1\ntheme: recorded\ncases:\n  - id: ${id}\n    title: ${succeeded ? "Succeeds" : "Reports an error"} with ${list.length} ${list.length === 1 ? "request" : "requests"}, as seen on the live page\n`
    + `    why: A program behaved so once; a build should notice if that changes.\n    level: must\n${paced ? `    timeout: ${Math.ceil(took / 1000) + 30}s\n` : ""}    task: ${yaml({ op })}\n    steps:\n`
    + made.map(m => `      - ${yaml(m.step)}\n`).join("") + `    expect: ${yaml(expect)}\n`;
}

function copyButton(label, text) {
  return element("button", { type: "button", onclick: async event => {
    const panel = event.target.closest("aside"), drawn = panel.dataset.drawn, copied = await text();
    // The text is shown before it is copied, because a browser may delay the access to the clipboard.
    if (panel.dataset.drawn === drawn) showCopied(panel, copied);
    try { await navigator.clipboard.writeText(copied); event.target.textContent = "Copied"; } catch { event.target.textContent = "Copy it from below"; }
  } }, label);
}

function showCopied(panel, text) {
  const box = panel.querySelector("pre.copied");
  box.hidden = false;
  box.textContent = text;
}
