// Shows the usage by time since the server's start, as bars. The server counts the usage, so it includes calls that the page does not show.
const usageWidths = { "1s": 1, "5s": 5, "15s": 15, "1m": 60, "5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "1d": 86400 };
const usageBars = 120;
const counted = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
// The values that a bar can show: its parts from the bottom up, with their colours, and its height in words.
const usageFigures = {
  calls: { parts: row => Object.entries(row.statuses).map(([status, count]) => [kindOf(Number(status)), count]), words: n => counted(n, "call", "calls") },
  tokens: { parts: row => [["link", row.input_tokens + row.output_tokens]], words: n => counted(n, "token", "tokens") },
  dollars: { parts: row => [["link", row.cost ?? 0]], words: n => `$${n.toLocaleString("en", { maximumSignificantDigits: 3 })}` },
  faults: { parts: row => [["fault", row.faults]], words: n => counted(n, "fault", "faults") },
  retries: { parts: row => [["warned", row.retries]], words: n => counted(n, "retry", "retries") },
  p50: { parts: row => [["link", row.total_ms.p50 ?? 0]], words: time },
  p99: { parts: row => [["link", row.total_ms.p99 ?? 0]], words: time },
};
// `5 min` for `5m`.
const wordsOfWidth = name => name.replace(/(\d+)(.)/, (_, count, unit) => `${count} ${unit === "m" ? "min" : unit}`);
let usage = null;
let usageCalls = -1;
let usageDue = 0;

function wireUsage(page) { page.usage.querySelector("select").addEventListener("change", () => drawUsage(page)); }

// Requests the usage at most every five seconds, and only if there were calls. Intervals become longer with time, so that there are at most
// 120 bars.
async function refreshUsage(page, report) {
  const calls = report.usage.total.requests;
  if (calls === usageCalls || performance.now() < usageDue) return;
  usageCalls = calls;
  usageDue = performance.now() + 5000;
  const seconds = report.now_ms / 1000, every = Object.keys(usageWidths).find(name => seconds / usageWidths[name] <= usageBars) ?? "1d";
  // A failed request is repeated after five seconds; another part of the page reports that the server does not answer.
  try { usage = await ask(`usage?by=time&every=${every}`); } catch { usageCalls = -1; return; }
  drawUsage(page);
}

function drawUsage(page) {
  page.usage.hidden = !usage?.rows.length;
  if (page.usage.hidden) return;
  const figure = usageFigures[page.usage.querySelector("select").value], step = usageWidths[usage.every];
  const from = usage.rows[0].time, count = (usage.rows.at(-1).time - from) / step + 1;
  const width = Math.max(280, page.usage.clientWidth), height = 64, bar = Math.min(24, width / count);
  const bars = usage.rows.map(row => ({ row, parts: figure.parts(row), sum: figure.parts(row).reduce((sum, [, value]) => sum + value, 0) }));
  const most = Math.max(...bars.map(b => b.sum)), end = from + count * step;
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height + 14}`, role: "img",
    "aria-label": `${page.usage.querySelector("select").selectedOptions[0].textContent} from ${clockOf(from)} to ${clockOf(end)}, at most ${figure.words(most)} in ${wordsOfWidth(usage.every)}` });
  for (const { row, parts, sum } of bars) {
    const x = (row.time - from) / step * bar, group = shape("g", {}, shape("title", {}, `${clockOf(row.time)}: ${figure.words(sum)}`));
    let y = height;
    for (const [kind, value] of parts) if (value > 0) {
      const h = value / most * (height - 2);
      group.append(shape("rect", { class: kind, x, y: y - h, width: Math.max(1, bar - 1), height: h }));
      y -= h;
    }
    svg.append(group);
  }
  svg.append(shape("text", { x: 0, y: height + 11 }, clockOf(from)));
  if (count * bar > 160) svg.append(shape("text", { x: count * bar, y: height + 11, "text-anchor": "end" }, clockOf(end)));
  page.usage.querySelector(".picture").replaceChildren(svg);
  page.usage.querySelector("output").textContent = `in each ${wordsOfWidth(usage.every)}, at most ${figure.words(most)}`;
}

// The time of day, with the date if it is not today's.
function clockOf(seconds) {
  const moment = new Date(seconds * 1000), isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? moment.toLocaleTimeString("en-GB") : `${moment.toLocaleDateString("en-CA")} ${moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}
