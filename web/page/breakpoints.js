// Breakpoints: the form that holds the next answers, and the held answers, each with a button that sends it and a button that resets it.
const isHeldBy = (held, e) => held.session === e.session && held.number === e.number;

async function release(held, end) {
  return ask(`release?session=${encodeURIComponent(held.session)}`, { method: "POST", body: JSON.stringify({ number: held.number, end }) });
}

function wireBreakpoints(page, run) {
  const session = () => encodeURIComponent(page.target.value || "default");
  page.hold.addEventListener("submit", event => {
    event.preventDefault();
    const { at, filter, limit, next } = page.hold.elements;
    const body = { at: at.value.trim() || "start", limit: limit.value.trim() || "60s", next: Number(next.value), ...(filter.value.trim() ? { filter: filter.value } : {}) };
    run(page.hold, async () => {
      const set = await ask(`hold?session=${session()}`, { method: "POST", body: JSON.stringify(body) });
      return `breakpoint ${set.breakpoint} waits at ${set.at} for ${set.next} of ${set.session}, each at most ${time(set.limit_ms)}`;
    });
  });
  page.hold.elements.clear.addEventListener("click", () => run(page.hold, async () => {
    const answer = await ask(`release?session=${session()}`, { method: "POST" });
    return `removed ${answer.removed.length} breakpoints, let ${answer.released.length} answers go`;
  }));
}

// The held answers, which stay visible whatever else is open. A button keeps its focus while the times change.
function drawHeld(page, report) {
  const { held, breakpoints } = report;
  page.held.hidden = !held.length && !breakpoints.length;
  const names = held.map(h => `${h.session}#${h.number}`).join();
  if (page.held.dataset.names !== names || page.held.dataset.waiting !== String(breakpoints.length)) {
    page.held.dataset.names = names;
    page.held.dataset.waiting = String(breakpoints.length);
    const end = (h, label, how) => element("button", { type: "button", onclick: async event => {
      event.target.disabled = true;
      try { await release(h, how); } catch (error) { event.target.replaceWith(element("span", { class: "failed" }, error.message)); }
    } }, label);
    page.held.replaceChildren(
      ...held.map(h => element("li", {}, element("b", { class: "warned" }, "held "), element("span", { class: "since" }), ` at ${h.at}: #${h.number} ${h.request} (${h.session}) `,
        end(h, "Let go", "go"), " ", end(h, "Reset", "reset"))),
      ...(breakpoints.length ? [element("li", { class: "quiet" }, `waiting: ${breakpoints.map(b => `${b.at} of ${b.session}${b.filter ? ` if ${b.filter}` : ""}${b.next > 1 ? ` ×${b.next}` : ""}`).join("; ")}`)] : []));
  }
  page.held.querySelectorAll(".since").forEach((span, i) => { span.textContent = `${time(held[i].held_ms)} of ${time(held[i].limit_ms)}`; });
}
