// A run whose exchanges are in this file, or a file that `sparring view` serves: nothing changes, and the page has no controls.
const stored = (text => text ? JSON.parse(text) : null)(document.getElementById("stored")?.textContent);
let rest = null;

// The answers that a server would give. A line of the block `rest` is read when its exchange is opened.
function fromFile(path) {
  if (path.startsWith("live")) return { ...stored.live, exchanges: stored.exchanges };
  const key = Number(/key=(\d+)/.exec(path)?.[1]), index = stored.exchanges.findIndex(e => e.key === key);
  rest ??= document.getElementById("rest").textContent.split("\n");
  return { ...stored.exchanges[index], ...JSON.parse(rest[index]) };
}

const addressOf = e => e.key == null ? `exchange?session=${encodeURIComponent(e.session)}&number=${e.number}` : `exchange?key=${e.key}`;
const originOf = () => latest?.stored ? latest.stored.base.replace(/\/v1$/, "") : location.origin;

function showStored(report) {
  const { title, notes, missing } = report.stored;
  document.body.classList.add("stored");
  latest = report;
  exchanges.clear();
  order = report.exchanges.map(keyOf);
  report.exchanges.forEach(e => exchanges.set(keyOf(e), e));
  shed = missing;
  page.version.textContent = report.version || "";
  page.served.textContent = title;
  page.notes.hidden = !notes.length;
  page.notes.replaceChildren(...notes.map(note => element("li", {}, note)));
  const counted = report.usage ? report : { ...report, usage: { total: totalOf(report.exchanges) } };
  drawNumbers(counted);
  drawSessions(report);
  drawKinds(counted);
  drawRefusals();
  drawSpan();
  drawPages(report.stored);
  drawList();
}

// The numbers of exchanges, for a file that has none. Retries are missing: an equal request is no retry if the one before it succeeded.
function totalOf(list) {
  const count = test => list.filter(test).length, statuses = {};
  for (const e of list) if (e.status) statuses[e.status] = (statuses[e.status] ?? 0) + 1;
  const spans = list.map(spanOf).filter(ms => ms != null).sort((a, b) => a - b);
  const quantile = part => spans.length ? spans[Math.min(spans.length - 1, Math.floor(spans.length * part))] : null;
  return { requests: list.length, statuses, total_ms: { p50: quantile(0.5), p99: quantile(0.99) },
    faults: count(states.faulted), abandoned: count(states.left) };
}

// All answers of the run as bars.
function drawSpan() {
  let from = Infinity, to = 0;
  for (const e of exchanges.values()) { from = Math.min(from, startOf(e)); to = Math.max(to, startOf(e)); }
  if (!order.length) from = 0;
  const bar = Math.max(1, (to - from + 1) / 120);
  page.span.textContent = `Answers in each ${time(bar)} of ${time(to - from)}`;
  drawRates(page.rates, to, bar);
}

// A long file is shown a page at a time, the newest first. `older` is where the next page begins.
function drawPages({ file, total, older, from, to, filter }) {
  page.pages.hidden = total == null || (older == null && to === total && !filter);
  if (page.pages.hidden) return;
  const buttons = page.pages.querySelectorAll("button");
  const [newest, next, search] = buttons;
  const turn = async (before, words) => {
    buttons.forEach(button => { button.disabled = true; });
    // A search of a file with a million exchanges takes a while.
    page.pages.querySelector("output").textContent = `reads ${file} …`;
    try { showStored(await ask(`live?${before == null ? "" : `before=${before}&`}filter=${encodeURIComponent(words)}`)); } catch (error) {
      page.pages.querySelector("output").textContent = error.message;
      buttons.forEach(button => { button.disabled = false; });
    }
  };
  newest.disabled = to === total && !filter;
  next.disabled = older == null;
  search.disabled = false;
  newest.onclick = () => turn(null, "");
  next.onclick = () => turn(older, filter);
  search.onclick = () => turn(null, page.filter.value);
  page.pages.querySelector("output").textContent = `${from + 1} to ${to} of ${total} exchanges of ${file}${filter ? `, those that match ${filter}` : ""}`;
}
