// The actions of the page that change the server, through the admin API.
const presets = [
  ["reset at the head", "{ at: head, end: reset }"], ["end the connection at event 3", "{ at: event 3, end: fin }"],
  ["stall at event 2 for 10 s", "{ at: event 2, do: { stall: 10s } }"], ["hang at event 2", "{ at: event 2, end: hang }"],
  ["an error event at event 2", "{ at: event 2, do: { error: server_error } }"],
];
let token = stored ? null : sessionStorage.getItem("sparring-token");

async function ask(path, options = {}) {
  if (stored) return fromFile(path);
  const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(`/_sparring/${path}`, { ...options, headers, cache: "no-store" });
  if (answer.ok) return answer.json();
  const body = await answer.json().catch(() => ({}));
  const error = body.error || { what: `the server answered ${answer.status}`, fix: "" };
  throw Object.assign(new Error(`${error.what}${error.fix ? `: ${error.fix}` : ""}`), { status: answer.status, mistakes: error.mistakes || [] });
}

function wireActions(page) {
  const session = () => encodeURIComponent(page.target.value || "default");
  const run = async (form, work) => {
    const output = form.querySelector("output");
    form.querySelector(".mistakes")?.replaceChildren();
    try { output.className = "ok"; output.textContent = await work(); } catch (error) {
      output.className = "failed"; output.textContent = error.message;
      const list = form.querySelector(".mistakes");
      if (list) showMistakes(list, error.mistakes ?? [], form.elements.text);
    }
  };
  wireBreakpoints(page, run);
  wireDials(page, run);
  wireScenario(page, run);
  const preset = page.faults.preset;
  preset.append(...presets.map(([name, text]) => element("option", { value: text }, name)), element("option", { value: "" }, "your own"));
  page.faults.faults.value = preset.value;
  preset.addEventListener("change", () => { page.faults.faults.value = preset.value; });
  page.faults.addEventListener("submit", event => {
    event.preventDefault();
    const body = `next: ${Number(page.faults.next.value)}\nfaults: ${page.faults.faults.value}\n`;
    run(page.faults, async () => {
      const answer = await ask(`faults?session=${session()}`, { method: "POST", body });
      return `${answer.next === 1 ? "1 call" : `${answer.next} calls`} of ${answer.session} will meet: ${answer.faults.join("; ")}`;
    });
  });
  const scale = () => Number((10 ** Number(page.clock.scale.value)).toPrecision(2));
  page.clock.scale.addEventListener("input", () => { page.scale.textContent = scale(); });
  page.clock.addEventListener("submit", event => {
    event.preventDefault();
    const body = { scale: scale(), ...(page.clock.advance.value ? { advance: page.clock.advance.value } : {}) };
    run(page.clock, async () => {
      const answer = await ask(`clock?session=${session()}`, { method: "POST", body: JSON.stringify(body) });
      return `${time(answer.ahead_ms)} ahead, scale ${answer.scale}`;
    });
  });
  page.token.addEventListener("submit", event => {
    event.preventDefault();
    token = page.token.token.value;
    sessionStorage.setItem("sparring-token", token);
    page.token.hidden = true;
  });
}
