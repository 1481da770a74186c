// Draws pictures: rates as bars, a timeline as an axis of milliseconds, attempts of a call as one axis.
function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") node.className = value; else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}
function shape(name, properties, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
const kindOf = status => status >= 500 ? "failed" : status >= 400 ? "warned" : "ok";
const time = ms => ms == null ? "…" : ms >= 10000 ? `${(ms / 1000).toFixed(1)} s` : ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;

// A bar for each second, or for each `bar` of milliseconds, until `now`.
function drawRates(canvas, now, bar = 1000) {
  const seconds = 120, width = canvas.clientWidth, height = 64, scale = devicePixelRatio || 1;
  canvas.width = width * scale; canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const bins = Array.from({ length: seconds }, () => ({ ok: 0, warned: 0, failed: 0 }));
  for (let i = order.length - 1; i >= 0; i--) {
    const e = exchanges.get(order[i]), age = Math.floor((now - startOf(e)) / bar);
    if (age >= seconds + 30) break;
    if (age >= 0 && age < seconds) bins[seconds - 1 - age][kindOf(e.status)]++;
  }
  const most = Math.max(1, ...bins.map(b => b.ok + b.warned + b.failed));
  const colors = getComputedStyle(document.documentElement), step = width / seconds;
  bins.forEach((bin, i) => {
    let y = height;
    for (const kind of ["ok", "warned", "failed"]) {
      const h = bin[kind] / most * (height - 4);
      pen.fillStyle = colors.getPropertyValue(`--${kind}`);
      pen.fillRect(i * step, y - h, Math.max(1, step - 1), h);
      y -= h;
    }
  });
}

const wordsOf = t => ({
  request_start: "first byte of the request", request_head: "head of the request", request_end: "end of the request",
  decided: "answer decided", drained: "the client has acknowledged every byte",
}[t.what] ?? (t.what === "accepted" ? `sent ${t.mark ?? "bytes"}${t.due_ms != null && t.ms - t.due_ms >= 1 ? `, ${time(t.ms - t.due_ms)} late` : ""}`
  : t.what === "fault_delivered" ? `fault: ${t.fault}` : t.what === "fault_missed" ? `fault without effect: ${t.fault}: ${t.reason}`
  : t.what === "held" ? `held by a breakpoint at ${t.at}` : t.what === "released" ? `let go after ${time(t.held_ms)}: ${t.reason}`
  : t.what === "peer_gone" ? `the client ${t.reason}` : t.what === "lost" ? `${t.bytes} bytes never acknowledged`
  : t.what === "ended" ? `end: ${t.ending}` : t.what));

// Draws an axis from the start of the first exchange to the end of the last; a row for each exchange. `moved` is called with the cursor's
// place in milliseconds.
function drawAxis(list, moved) {
  const from = Math.min(...list.map(startOf));
  const to = Math.max(from + 1, ...list.flatMap(e => e.timeline.flatMap(t => t.due_ms != null ? [t.ms, t.due_ms] : [t.ms])));
  // The picture is as wide as the panel, so that its text has the same size on a phone as on a large screen.
  const width = Math.max(280, Math.min(1400, (page.detail.clientWidth || 754) - 34)), left = 14, right = 14, row = 34, height = list.length * row + 22;
  const x = ms => left + (ms - from) / (to - from) * (width - left - right);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "axis", role: "img", "aria-label": "Timeline" });
  for (let i = 0; i <= 4; i++) {
    const ms = from + (to - from) * i / 4;
    svg.append(shape("line", { x1: x(ms), x2: x(ms), y1: 0, y2: height - 14 }),
      shape("text", { x: x(ms), y: height - 3, "text-anchor": i === 0 ? "start" : i === 4 ? "end" : "middle" }, time(ms - from)));
  }
  list.forEach((e, index) => {
    const y = index * row + 17;
    const times = e.timeline.map(t => t.ms);
    svg.append(shape("line", { x1: x(Math.min(...times)), x2: x(Math.max(...times)), y1: y, y2: y }));
    for (const t of e.timeline) {
      const title = shape("title", {}, `${time(t.ms - from)}  ${wordsOf(t)}`);
      if (t.what === "accepted") {
        if (t.due_ms != null) svg.append(shape("circle", { class: "due", cx: x(t.due_ms), cy: y, r: 5 }));
        svg.append(shape("circle", { class: "sent", cx: x(t.ms), cy: y, r: 3 }, title));
      } else if (t.what.startsWith("fault")) {
        svg.append(shape("path", { class: "strike", d: `M${x(t.ms)} ${y - 11}l5 9h-10z` }, title));
      } else if (t.what === "released") {
        svg.append(shape("line", { class: "hold", x1: x(t.ms - t.held_ms), x2: x(t.ms), y1: y, y2: y }, title));
      } else if (t.what === "peer_gone" || t.what === "lost") {
        svg.append(shape("rect", { class: "gone", x: x(t.ms) - 4, y: y - 4, width: 8, height: 8 }, title));
      } else {
        svg.append(shape("rect", { class: "mark", x: x(t.ms) - 1, y: y - 7, width: 2, height: 14 }, title));
      }
    }
    if (list.length > 1) {
      svg.append(shape("text", { x: left, y: y - 9 }, `attempt ${e.attempt}: ${e.status}${e.retry_hint ? `, asks for ${time(e.retry_hint.told_ms)}` : ""}`
        + (index > 0 ? `, came after ${time(startOf(e) - (list[index - 1].timeline.at(-1)?.ms ?? startOf(e)))}` : "")));
    }
  });
  const cursor = shape("line", { class: "cursor", x1: x(to), x2: x(to), y1: 0, y2: height - 14 });
  svg.append(cursor);
  const scrub = element("input", { type: "range", class: "scrub", min: 0, max: 1000, value: 1000, "aria-label": "Time in the exchange" });
  scrub.addEventListener("input", () => {
    const ms = from + (to - from) * scrub.value / 1000;
    cursor.setAttribute("x1", x(ms)); cursor.setAttribute("x2", x(ms));
    moved(ms);
  });
  return element("div", {}, svg, scrub);
}
