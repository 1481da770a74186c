// The page for a run whose exchanges are in this file, or a file that `sparring view` serves: such a run does not change, and the page has
// no controls.
const stored = (text => text ? JSON.parse(text) : null)(document.getElementById("stored")?.textContent);
let unpacked = null;

// Returns the answers that a server would return.
async function fromFile(path) {
  if (path.startsWith("live")) return { ...stored.live, exchanges: stored.exchanges };
  const key = Number(/key=(\d+)/.exec(path)?.[1]), index = stored.exchanges.findIndex(e => e.key === key);
  const block = await blockOf(index), first = Number(block.dataset.first);
  if (unpacked?.block !== block) unpacked = { block, lines: linesOf(block) };
  return { ...stored.exchanges[index], ...JSON.parse((await unpacked.lines)[index - first]) };
}

// The blocks with headers and bodies come after the script, the newest exchanges first, so the browser may not have read the block that is
// needed.
async function blockOf(index) {
  for (;;) {
    const block = [...document.querySelectorAll("script.rest")].find(b => Number(b.dataset.first) <= index);
    if (block && (block.nextSibling || document.readyState !== "loading")) return block;
    if (document.readyState !== "loading") throw new Error("The file was cut off: it does not have the rest of this exchange.");
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function linesOf(block) {
  try {
    const bytes = new Blob([bytesOf(block.textContent)]);
    const text = block.dataset.plain == null ? new Response(bytes.stream().pipeThrough(new DecompressionStream("deflate-raw"))) : bytes;
    return (await text.text()).split("\n");
  } catch { throw new Error("The file is damaged, or this browser is older than 2023: the rest of this exchange cannot be unpacked."); }
}

// A server sends the whole body only for copying. A file contains no more of the body than the page shows.
const wholeAddressOf = e => e.key == null ? `exchange?session=${encodeURIComponent(e.session)}&number=${e.number}` : `exchange?key=${e.key}`;
const addressOf = e => e.key == null ? `${wholeAddressOf(e)}&most=65536` : wholeAddressOf(e);
const originOf = () => latest?.stored ? latest.stored.base.replace(/\/v1$/, "") : location.origin;

function showStored(report) {
  const { title, notes, missing } = report.stored;
  document.body.classList.add("stored");
  // A file has no sessions to list.
  document.querySelector("main").classList.toggle("alone", !report.sessions.length);
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

// The numbers of exchanges, for a file that has no numbers. Retries are missing: an equal request is not a retry if the previous request
// succeeded.
function totalOf(list) {
  const count = test => list.filter(test).length, statuses = {};
  for (const e of list) if (e.status) statuses[e.status] = (statuses[e.status] ?? 0) + 1;
  const spans = list.map(spanOf).filter(ms => ms != null).sort((a, b) => a - b);
  const quantile = part => spans.length ? spans[Math.min(spans.length - 1, Math.floor(spans.length * part))] : null;
  return { requests: list.length, statuses, total_ms: { p50: quantile(0.5), p99: quantile(0.99) },
    faults: count(states.faulted), abandoned: count(states.left) };
}

// Shows all answers of the run as bars.
function drawSpan() {
  let from = Infinity, to = 0;
  for (const e of exchanges.values()) { from = Math.min(from, startOf(e)); to = Math.max(to, startOf(e)); }
  if (!order.length) from = 0;
  const bar = Math.max(1, (to - from + 1) / 120);
  page.span.textContent = `Answers in each ${time(bar)} of ${time(to - from)}`;
  drawRates(page.rates, to, bar);
}

// A long file is shown a page at a time, the newest first. `older` is the position at which the next page begins.
let search = null;

function drawPages({ file, total, older, from, to, filter }) {
  page.pages.hidden = total == null || (older == null && to === total && !filter);
  if (page.pages.hidden) return;
  const [newest, next, whole, stop] = page.pages.querySelectorAll("button");
  const count = n => n.toLocaleString("en");
  newest.disabled = to === total && !filter;
  next.disabled = older == null;
  stop.hidden = !search;
  newest.onclick = () => turn(null, "");
  next.onclick = () => turn(older, filter);
  whole.onclick = () => turn(null, page.filter.value);
  stop.onclick = () => search?.abort();
  page.pages.querySelector("output").textContent = search ? `searches ${file}: read ${count(to - from)} of ${count(to)} exchanges, found ${count(order.length)}`
    : `${count(from + 1)} to ${count(to)} of ${count(total)} exchanges of ${file}${filter ? `: those that match ${filter}` : ""}${filter && older != null ? "; Older searches the rest" : ""}`;
}

// Each answer has the exchanges of a part of the file, the newest first. Each part is shown at once, and the next part is requested until
// the page is full, the file ends, or the user stops it.
async function turn(before, words) {
  search?.abort();
  const mine = search = words ? new AbortController() : null;
  const most = 5000;
  let whole = null;
  page.pages.querySelector("output").textContent = "reads …";
  try {
    for (;;) {
      const part = await ask(`live?${before == null ? "" : `before=${before}&`}filter=${encodeURIComponent(words)}`, { signal: mine?.signal });
      if (mine !== search) return;
      whole = { ...part, exchanges: [...part.exchanges, ...(whole?.exchanges ?? [])], stored: { ...part.stored, to: whole?.stored.to ?? part.stored.to } };
      before = part.stored.older;
      if (!words || before == null || whole.exchanges.length >= most) break;
      if (part.exchanges.length || latest.stored.filter !== words) showStored(whole); else drawPages(whole.stored);
    }
  } catch (error) {
    if (mine !== search) return;
    if (error.name !== "AbortError") { search = null; page.pages.querySelector("output").textContent = error.message; return; }
  }
  search = null;
  if (whole) showStored(whole); else drawPages(latest.stored);
}
