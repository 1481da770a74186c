// One exchange, opened: its timeline with a slider, the attempts of its call, its request, and why its rule answered.
// What the user opened in it stays open when the same exchange is drawn again.
function drawDetail(panel, e, full, close) {
  const before = panel.dataset.drawn === keyOf(e) ? openedIn(panel) : {};
  panel.dataset.drawn = keyOf(e);
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
    element("div", { class: "tools" }, copyButton("Copy as curl", async () => asCurl((await allOf([e], full))[0])), copyButton("Copy as step", () => asStep(full)),
      copyButton("Copy as scenario", async () => asScenario(await allOf(list, full))), copyButton("Copy as case", async () => asCase(await allOf(list, full)))),
    element("pre", { class: "copied", hidden: "" }),
    ...(full.explanation ? [element("h3", {}, "Why this answer"), drawReasons(full.explanation)]
      : full.body_bytes ? [element("p", { class: "quiet" }, "The request is too long to explain here why its rule answered.")] : []),
    drawAnswer(full),
    element("h3", {}, "Request"), element("pre", {}, (full.headers || []).map(([name, value]) => `${name}: ${value}`).join("\n")),
    element("pre", {}, readable(body) + (full.body_bytes ? `\n… cut: the whole body has ${full.body_bytes} bytes` : "")));
  if (before.bytes) panel.querySelector("details.bytes").open = true;
  if (before.copied) showCopied(panel, before.copied);
}

const openedIn = panel => ({ bytes: panel.querySelector("details.bytes")?.open, copied: panel.querySelector("pre.copied")?.textContent });

// At most 64 kB of a body are shown; JSON is indented.
function readable(text) {
  const most = 65536;
  if (text.length > most) return `${text.slice(0, most)}\n… ${text.length - most} more characters`;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

// The attempts of a call, with their complete requests and answers. The opened exchange is already here, except if its body is cut.
const allOf = (list, full) => Promise.all(list.map(e => keyOf(e) === keyOf(full) && (full.body_bytes == null || e.key != null) ? full : ask(wholeAddressOf(e))));

// Shows a rule that did not match as a difference: the value that the rule requires, and the value in the request.
function drawReasons(lines) {
  if (!lines.length) return element("pre", {}, "No rule was asked.");
  return element("pre", { class: "reasons" }, ...lines.flatMap(line => {
    const parts = /^( *.*?: no, )(.*?) should be (.*), but is (.*)$/s.exec(line);
    if (!parts) return [element("span", { class: /: answers/.test(line) ? "ok" : "" }, `${line}\n`)];
    return [`${parts[1]}${parts[2]}\n`, element("span", { class: "failed" }, `    - ${parts[3]}\n`), element("span", { class: "ok" }, `    + ${parts[4]}\n`)];
  }));
}

// The bytes of the answer, which are requested only when the user opens them.
function drawAnswer(full) {
  const box = element("details", { class: "bytes" }, element("summary", {}, full.answer ? `Answer: ${full.answer.bytes} bytes` : `Answer: ${full.answer_withheld ?? "no bytes"}`));
  box.addEventListener("toggle", () => {
    if (!box.open || box.children.length > 1 || !full.answer) return;
    const answer = decodeAnswer(full);
    box.append(element("pre", {}, visible(answer.bytes) + (answer.cut ? `\n… ${full.answer.bytes - answer.bytes.length} more bytes` : "")));
  });
  return box;
}
