// The exchanges that the page has: the newest ones, by session and number, at most `kept`. The page requests exchanges again and again.
const kept = 20000;
const exchanges = new Map();
let order = [];
let shed = 0;

const keyOf = e => e.key == null ? `${e.session}#${e.number}` : String(e.key);
const startOf = e => e.timeline.length ? e.timeline[0].ms : 0;
function spanOf(e) {
  const end = e.timeline.findLast(t => t.what === "ended" || t.what === "peer_gone");
  return end ? end.ms - startOf(e) : null;
}

function take(report) {
  for (const e of report.exchanges) {
    const key = keyOf(e);
    if (!exchanges.has(key)) order.push(key);
    exchanges.set(key, e);
  }
  const counts = new Map(report.sessions.map(s => [s.name, s.exchanges]));
  // A session that was reset begins again at 1, and its earlier exchanges are dropped.
  order = order.filter(key => {
    const e = exchanges.get(key);
    const stays = e.number <= (counts.get(e.session) ?? 0);
    if (!stays) exchanges.delete(key);
    return stays;
  });
  while (order.length > kept) exchanges.delete(order.shift());
  // A report contains only the newest exchanges. The counts of the sessions show how many exchanges the page does not have.
  shed = Math.max(0, report.sessions.reduce((sum, s) => sum + s.exchanges, 0) - order.length);
}

// The start of the time range of the next report: the start of the oldest answer that is still being sent, or else of the newest exchange.
function since() {
  let from = 0;
  for (let i = order.length - 1; i >= 0 && i > order.length - 400; i--) {
    const e = exchanges.get(order[i]);
    if (i === order.length - 1) from = startOf(e);
    if (e.running) from = Math.min(from, startOf(e));
  }
  return Math.max(0, from - 0.001); // A report rounds times to microseconds.
}

// The attempts of one call, in order: equal requests of one session, numbered without a gap.
function attemptsOf(e) {
  return order.map(key => exchanges.get(key)).filter(other => other.session === e.session && other.call === e.call);
}
