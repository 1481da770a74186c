// One exchange, opened: its timeline to scrub, the attempts of its call, its request, and why its rule answered.
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

function asCurl(e) {
  const skipped = ["host", "content-length", "connection", "accept-encoding", "authorization", "api-key"];
  const headers = (e.headers || []).filter(([name]) => !skipped.includes(name.toLowerCase()));
  return [`curl -N ${e.method === "POST" ? "" : `-X ${e.method} `}${quoted(location.origin + e.path)}`, "-H 'Authorization: Bearer sk-sparring'",
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`), ...(e.body ? [`--data-raw ${quoted(e.body)}`] : [])].join(" \\\n  ");
}

// A scenario with a rule for this request, which answers its status again. The answer's text is not known to the page.
function asScenario(e) {
  const when = [e.endpoint ? `endpoint: ${e.endpoint}` : null, e.model ? `model: ${JSON.stringify(e.model)}` : null].filter(Boolean).join(", ");
  const step = e.status >= 400 ? `raw: { status: ${e.status} }` : "auto: {}";
  return `schema: 1\nscenario: from-exchange-${e.number}\nrules:\n  - when: { ${when} }\n    steps:\n      - ${step}\n    then: last\notherwise: auto\n`;
}

function copyButton(label, text) {
  return element("button", { type: "button", onclick: async event => {
    await navigator.clipboard?.writeText(text());
    event.target.textContent = "Copied";
  } }, label);
}

function drawDetail(panel, e, full, close) {
  const attempts = attemptsOf(e), list = attempts.length > 1 ? attempts : [e];
  const from = startOf(e);
  const items = e.timeline.map(t => element("li", { "data-ms": t.ms }, element("span", {}, time(t.ms - from)), element("span", {
    class: t.what.startsWith("fault") ? "fault" : t.what === "peer_gone" ? "failed" : "" }, wordsOf(t))));
  const moved = ms => items.forEach(item => item.classList.toggle("later", Number(item.dataset.ms) > ms));
  const facts = [["session", e.session], ["number", e.number], ["connection", e.connection], ["model", e.model], ["answered by", e.step],
    ["attempt", e.attempt], ["faults", e.faults.join("; ") || null], ["asks to wait", e.retry_hint ? time(e.retry_hint.told_ms) : null],
    ["request id", e.request_id], ["unmatched", e.unmatched], ["refused", e.refusal], ["warning", e.warning], ["marbles", e.marbles]]
    .filter(([, value]) => value != null && value !== "");
  panel.replaceChildren(
    element("h2", {}, element("span", { class: kindOf(e.status) }, String(e.status)), `${e.method} ${e.path}`,
      element("button", { type: "button", onclick: close, "aria-label": "Close" }, "×")),
    element("h3", {}, list.length > 1 ? `Timeline of ${list.length} attempts` : "Timeline"),
    drawAxis(list, moved),
    element("ol", { class: "events" }, ...items),
    element("table", {}, element("tbody", {}, ...facts.map(([name, value]) => element("tr", {}, element("th", {}, name), element("td", {}, String(value)))))),
  );
  if (!full) return;
  const body = full.body ?? full.body_withheld ?? (full.body_base64 ? `${full.body_base64} (base64)` : "");
  panel.append(
    element("div", { class: "tools" }, copyButton("Copy as curl", () => asCurl(full)), copyButton("Copy as scenario", () => asRule(e))),
    element("h3", {}, "Why this answer"), element("pre", {}, (full.explanation || []).join("\n") || "No rule was asked."),
    element("h3", {}, "Request"), element("pre", {}, (full.headers || []).map(([name, value]) => `${name}: ${value}`).join("\n")),
    element("pre", {}, readable(body)));
}

// At most 64 kB of a body are shown; JSON is indented.
function readable(text) {
  const most = 65536;
  if (text.length > most) return `${text.slice(0, most)}\n… ${text.length - most} more characters`;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
