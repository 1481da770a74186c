// The page: requests a report twice a second, and draws what has changed.
const page = Object.fromEntries(["version", "served", "export", "trouble", "numbers", "rates", "search", "filter", "paused", "count", "problem", "exchanges",
  "space", "window", "help", "kinds", "reasons", "held", "detail", "sessions", "target", "faults", "hold", "dials", "pace", "chaos", "clock", "scale", "scenario", "token", "notes", "pages", "span", "usage"].map(id => [id, document.getElementById(id)]));
const rowHeight = 28;
let shown = [];
let chosen = null;
let latest = null;
let wants = () => true;
// True between the press and the release of a button of the mouse: nothing moves meanwhile, so that a click hits what the user sees.
let isPressed = false;

page.export.textContent = `export OPENAI_BASE_URL=${location.origin}/v1 OPENAI_API_KEY=sk-sparring`;
document.querySelector("[data-copy]").addEventListener("click", event => {
  navigator.clipboard?.writeText(page.export.textContent);
  event.target.textContent = "Copied";
});

function drawNumbers(report) {
  const total = report.usage.total;
  const calls = total.requests - total.retries;
  const statuses = Object.entries(total.statuses).map(([status, count]) => [status, count, kindOf(Number(status))]);
  const unmatched = [...exchanges.values()].filter(e => e.unmatched).length, refused = [...exchanges.values()].filter(e => e.refusal).length;
  const now = report.stored ? [] : [["open answers", report.open.answers], ["open streams", report.open.streams], ["open sockets", report.open.sockets],
    ["held", report.breakpoints.held.length, report.breakpoints.held.length ? "warned" : ""]];
  const cards = [["calls", total.requests], ...now, ...statuses, ["p50", time(total.total_ms.p50)], ["p99", time(total.total_ms.p99)],
    ...(total.first_token_ms?.count ? [["first token p50", time(total.first_token_ms.p50)]] : []), ["faults", total.faults, "fault"],
    ...(total.retries == null ? [] : [["retries", total.retries], ["retries per call", calls > 0 ? (total.retries / calls).toFixed(2) : "0"]]),
    ["disconnected clients", total.abandoned],
    ["unmatched", unmatched, unmatched ? "failed" : ""], ["refused", refused, refused ? "warned" : ""]];
  page.numbers.replaceChildren(...cards.map(([name, value, kind]) => element("div", {}, element("b", { class: kind || "" }, String(value)), element("span", { class: "quiet" }, name))));
}

// Faults that took effect, by kind, the most frequent first. A click shows the exchanges with this kind. A file has no counts of faults.
function drawKinds(report) {
  const kinds = report.usage.total.faults_by_name ?? kindsIn(exchanges.values());
  const rows = Object.entries(kinds).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 30);
  const text = JSON.stringify(rows);
  page.kinds.hidden = !rows.length;
  if (page.kinds.dataset.rows === text) return;
  page.kinds.dataset.rows = text;
  page.kinds.replaceChildren("Faults by kind: ", ...rows.flatMap(([kind, count]) => [
    element("button", { type: "button", class: "fault", onclick: () => { page.filter.value = `fault:${kind}`; setFilter(); } }, `${count} × ${kind}`), " "]));
}

// `at event 2: stall 2.0s` is of the kind `stall`.
function kindsIn(list) {
  const kinds = {};
  for (const e of list) for (const t of e.timeline) if (t.what === "fault_delivered") {
    const kind = /^(?:at .*?: )?([^ :]*)/.exec(t.fault)[1];
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

// Requests that no rule answered or that were refused, by reason. A click on a reason shows these requests.
function drawRefusals() {
  const reasons = new Map();
  for (const e of exchanges.values()) {
    const reason = e.unmatched ?? e.refusal;
    if (reason) reasons.set(reason, { count: (reasons.get(reason)?.count ?? 0) + 1, filter: e.unmatched ? "is:unmatched" : "is:refused" });
  }
  page.reasons.hidden = !reasons.size;
  const rows = [...reasons].sort((a, b) => b[1].count - a[1].count).slice(0, 20);
  const text = JSON.stringify(rows);
  if (page.reasons.dataset.rows === text) return;
  page.reasons.dataset.rows = text;
  page.reasons.querySelector("summary").textContent = `Unmatched and refused requests: ${reasons.size} ${reasons.size === 1 ? "reason" : "reasons"}`;
  page.reasons.querySelector("ul").replaceChildren(...rows.map(([reason, row]) => element("li", {},
    element("button", { type: "button", onclick: () => { page.filter.value = row.filter; setFilter(); } }, `${row.count} ×`), ` ${reason}`)));
}

// The servers that share a store. A stream or a held answer belongs to one server: the page of that server shows the stream or releases the
// answer.
function serversTable(report) {
  const head = element("tr", {}, ...["server", "state", "address"].map(name => element("th", {}, name)), ...["streams", "sockets", "held"].map(name => element("th", { class: "n" }, name)));
  return element("table", {}, element("tbody", {}, head, ...report.servers.map(s => element("tr", {},
    element("td", {}, s.id === report.server ? element("b", {}, s.id) : s.id), element("td", { class: s.state === "lost" ? "failed" : "" }, s.state),
    element("td", {}, s.address), ...["streams", "sockets", "held"].map(name => element("td", { class: "n" }, s.state === "up" ? String(s.open[name]) : ""))))));
}

function drawSessions(report) {
  const head = element("tr", {}, element("th", {}, "session"), element("th", {}, "scenario"), element("th", { class: "n" }, "calls"), element("th", { class: "n" }, "clock"));
  page.sessions.replaceChildren(element("table", {}, element("tbody", {}, head, ...report.sessions.slice(0, 200).map(s => element("tr", {},
    element("td", {}, s.name), element("td", {}, s.scenario), element("td", { class: "n" }, String(s.exchanges)),
    element("td", { class: "n" }, s.ahead_ms || s.scale !== 1 ? `+${time(s.ahead_ms)} ×${s.scale}` : "real"))))),
    ...(report.servers?.length ? [serversTable(report)] : []));
  const names = [...new Set(["default", ...report.sessions.map(s => s.name)])];
  if (names.join() !== [...page.target.options].map(o => o.value).join()) {
    const old = page.target.value;
    page.target.replaceChildren(...names.map(name => element("option", { value: name }, name)));
    if (names.includes(old)) page.target.value = old;
  }
}

function drawList() {
  shown = order.map(key => exchanges.get(key)).filter(wants).reverse();
  page.count.textContent = `${shown.length} of ${order.length}${shed ? `, ${shed} more are not shown` : ""}`;
  page.space.style.height = `${shown.length * rowHeight}px`;
  drawRows();
}

// Only the visible rows exist in the document. A row that has not changed keeps its place: otherwise, a click that begins before a refresh
// and ends after it would be lost.
function drawRows() {
  const first = Math.max(0, Math.floor(page.exchanges.scrollTop / rowHeight) - 5), most = Math.ceil(page.exchanges.clientHeight / rowHeight) + 10;
  page.window.style.transform = `translateY(${first * rowHeight}px)`;
  const drawn = new Map([...page.window.children].map(row => [row.dataset.key, row]));
  const rows = shown.slice(first, first + most).map(e => {
    const row = rowOf(e), old = drawn.get(row.dataset.key);
    return old?.isEqualNode(row) ? old : row;
  });
  const kept = new Set(rows);
  for (const row of drawn.values()) if (!kept.has(row)) row.remove();
  rows.forEach((row, i) => { if (page.window.children[i] !== row) page.window.insertBefore(row, page.window.children[i] ?? null); });
}

function rowOf(e) {
  return element("div", { class: "row", role: "option", "data-key": keyOf(e), "aria-selected": String(keyOf(e) === chosen) },
    element("span", { class: "quiet" }, `#${e.number}`), element("span", { class: kindOf(e.status) }, String(e.status)),
    element("span", { class: "more" }, e.model || e.session), element("span", {}, (e.attempt > 1 ? `↻${e.attempt} ` : "") + (e.endpoint || e.path),
      e.faults.length ? element("span", { class: "fault" }, ` ⚡ ${e.faults.join("; ")}`) : null,
      e.unmatched || e.refusal ? element("span", { class: "failed" }, ` ${e.unmatched || e.refusal}`) : null),
    element("span", { class: "time" }, latest?.breakpoints.held.some(h => isHeldBy(h, e)) ? element("b", { class: "warned" }, "held") : e.running ? "running" : time(spanOf(e))));
}

async function open(key) {
  chosen = key;
  const e = exchanges.get(key);
  if (!e) return close();
  document.querySelector("main").classList.add("open");
  page.detail.hidden = false;
  // An answer that has ended is drawn again only when all of it is here.
  if (page.detail.dataset.drawn !== key) drawDetail(page.detail, e, null, close);
  drawRows();
  // On a phone, the opened exchange is below the list.
  if (page.detail.getBoundingClientRect().top > innerHeight - 100) page.detail.scrollIntoView();
  try {
    const full = await ask(addressOf(e));
    if (chosen === key) drawDetail(page.detail, exchanges.get(key) || e, full, close);
  } catch (error) { page.detail.append(element("p", { class: "failed" }, error.message)); }
}

function close() {
  chosen = null;
  page.detail.hidden = true;
  document.querySelector("main").classList.remove("open");
  drawRows();
  page.exchanges.focus();
}

function choose(step) {
  const at = shown.findIndex(e => keyOf(e) === chosen);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 && Number.isFinite(step) ? 0 : at + step))];
  if (!next) return;
  chosen = keyOf(next);
  const top = shown.indexOf(next) * rowHeight;
  if (top < page.exchanges.scrollTop) page.exchanges.scrollTop = top;
  if (top + rowHeight > page.exchanges.scrollTop + page.exchanges.clientHeight) page.exchanges.scrollTop = top + rowHeight - page.exchanges.clientHeight;
  if (page.detail.hidden) drawRows(); else open(chosen);
}

function setFilter() {
  page.problem.hidden = true;
  page.filter.removeAttribute("aria-invalid");
  try { wants = filterOf(page.filter.value); } catch (error) {
    page.problem.hidden = false;
    page.problem.textContent = error.message;
    page.filter.setAttribute("aria-invalid", "true");
    return;
  }
  history.replaceState(null, "", page.filter.value ? `#${encodeURIComponent(page.filter.value)}` : location.pathname);
  drawList();
}

async function refresh() {
  if (page.paused.checked || document.hidden) return;
  const report = await ask(`live?since=${since().toFixed(3)}`);
  if (isPressed) return;
  page.trouble.hidden = true;
  if (report.stored) return showStored(report);
  if (latest && report.now_ms < latest.now_ms) { exchanges.clear(); order = []; shed = 0; usageCalls = -1; }
  latest = report;
  const wasRunning = exchanges.get(chosen)?.running;
  take(report);
  // A session that was reset gives the same number to another exchange.
  if (!exchanges.has(chosen)) delete page.detail.dataset.drawn;
  page.version.textContent = report.version || "";
  page.served.textContent = `scenario ${report.scenario}, seed ${report.seed}, up for ${time(report.now_ms)}`;
  drawNumbers(report);
  drawSessions(report);
  drawHeld(page, report.breakpoints);
  drawDials(page, report);
  drawKinds(report);
  drawRefusals();
  drawRates(page.rates, report.now_ms);
  drawList();
  refreshUsage(page, report);
  if (wasRunning && exchanges.has(chosen) && !page.detail.hidden) open(chosen);
}

async function loop() {
  try { await refresh(); } catch (error) {
    page.trouble.hidden = false;
    page.trouble.textContent = error.status ? error.message : "The server does not answer. The page asks again.";
    page.token.hidden = error.status !== 401;
  }
  if (!latest?.stored) setTimeout(loop, 400);
}

page.filter.addEventListener("input", setFilter);
page.search.addEventListener("submit", event => event.preventDefault());
page.exchanges.addEventListener("scroll", drawRows, { passive: true });
page.window.addEventListener("click", event => { const row = event.target.closest(".row"); if (row) open(row.dataset.key); });
document.addEventListener("keydown", event => {
  if (event.key === "Escape") { if (!page.detail.hidden) close(); else if (event.target === page.filter) page.exchanges.focus(); return; }
  if (event.target === page.filter && (event.key === "ArrowDown" || event.key === "Enter")) { event.preventDefault(); page.exchanges.focus(); return choose(0); }
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); page.filter.focus(); }
  const oldest = latest?.breakpoints.held[0];
  if (event.key === "?") page.help.hidden = !page.help.hidden;
  if (event.key === "p" && !latest?.stored) page.paused.click();
  if (event.key === "h" && !latest?.stored) page.hold.requestSubmit();
  if ((event.key === "g" || event.key === "x") && oldest) release(oldest, event.key === "g" ? "go" : "reset").catch(() => {});
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -Infinity, End: Infinity };
  if (event.key in steps) { event.preventDefault(); choose(steps[event.key]); }
  if (event.key === "Enter" && chosen && event.target === page.exchanges) open(chosen);
});
document.addEventListener("pointerdown", () => { isPressed = true; });
for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { isPressed = false; });
wireActions(page);
wireUsage(page);
try { page.filter.value = decodeURIComponent(location.hash.slice(1)); } catch { /* The address was not made by this page. */ }
setFilter();
loop();
