// Sliders for the pace and the chaos of a session, and its scenario in an editor that shows mistakes while you type.
const paceOfSlider = value => value >= 3 ? { every: "0ms" } : { rate: `${Number((10 ** value).toPrecision(2))}/s` };
const wordsOfPace = value => value >= 3 ? "at once" : `${Number((10 ** value).toPrecision(2))} contents per second`;

function wireDials(page, run) {
  const session = () => encodeURIComponent(page.target.value || "default"), form = page.dials.elements;
  const turn = body => run(page.dials, async () => {
    const now = await ask(`dials?session=${session()}`, { method: "POST", body: JSON.stringify(body) });
    return now.turned.length ? `from the next answer on: ${now.turned.map(name => name === "chaos" ? `chaos ${Math.round(now.chaos * 100)} %` : `a content every ${time(now.stream?.every_ms ?? 0)}`).join(", ")}` : "as the scenario says";
  });
  form.pace.addEventListener("input", () => { page.pace.textContent = wordsOfPace(Number(form.pace.value)); });
  form.pace.addEventListener("change", () => turn({ stream: paceOfSlider(Number(form.pace.value)) }));
  const chaos = () => turn({ chaos: Number(form.chaos.value) / 100, ...(form.profile.value ? { profile: form.profile.value } : {}) });
  form.chaos.addEventListener("input", () => { page.chaos.textContent = `${form.chaos.value} %`; });
  form.chaos.addEventListener("change", chaos);
  form.profile.addEventListener("change", chaos);
  form.back.addEventListener("click", () => turn({ stream: null, chaos: null }));
  page.dials.addEventListener("submit", event => event.preventDefault());
}

// The settings of a session for its next answers. A slider that the user is moving is not changed by a report.
function drawDials(page, report) {
  const row = report.sessions.find(s => s.name === (page.target.value || "default")), form = page.dials.elements;
  if (!row || page.dials.contains(document.activeElement)) return;
  const { stream, chaos } = row.dials, every = stream?.every_ms;
  form.pace.value = every ? Math.min(3, Math.log10(1000 / every)) : 3;
  page.pace.textContent = every == null ? "no pace" : wordsOfPace(Number(form.pace.value));
  form.chaos.disabled = chaos === "schedule";
  form.chaos.value = typeof chaos === "number" ? Math.round(chaos * 100) : 0;
  page.chaos.textContent = chaos === "schedule" ? "a schedule" : chaos == null ? "none" : `${form.chaos.value} %`;
}

function wireScenario(page, run) {
  const session = () => encodeURIComponent(page.target.value || "default"), { text, load, reset } = page.scenario.elements;
  const mistakes = page.scenario.querySelector(".mistakes"), output = page.scenario.querySelector("output");
  text.value = "schema: 1\nscenario: mine\nsteps:\n  - { error: rate_limit_exceeded, retry_after: 1s, times: 2 }\n  - auto: {}\nthen: last\n";
  let timer = null, typed = 0;
  // Checks the typed text, and changes nothing. The result for an older text is not shown.
  const check = async () => {
    const turn = ++typed;
    try {
      await ask(`scenario?check=true&session=${session()}`, { method: "PUT", body: text.value });
      if (turn !== typed) return;
      mistakes.replaceChildren();
      output.className = "ok"; output.textContent = "no mistakes";
    } catch (error) {
      if (turn !== typed) return;
      output.className = "failed"; output.textContent = error.mistakes?.length ? `${error.mistakes.length} mistakes` : error.message;
      showMistakes(mistakes, error.mistakes ?? [], text);
    }
  };
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, 300); });
  load.addEventListener("click", () => run(page.scenario, async () => {
    const now = await ask(`scenario?session=${session()}`);
    if (now.text == null) return `${now.scenario} was not read from one text`;
    text.value = now.text;
    return `${now.scenario} is in the editor`;
  }));
  page.scenario.addEventListener("submit", event => {
    event.preventDefault();
    clearTimeout(timer);
    typed++;
    run(page.scenario, async () => `plays ${(await ask(`scenario?session=${session()}`, { method: "PUT", body: text.value })).scenario}`);
  });
  reset.addEventListener("click", () => run(page.scenario, async () =>
    `reset ${(await ask(`reset?session=${session()}`, { method: "POST" })).reset.join(", ")}`));
}

// Each mistake with its line, its text, and a button that selects the line in the editor.
function showMistakes(list, mistakes, editor) {
  const lines = editor?.value.split("\n") ?? [];
  list.replaceChildren(...mistakes.map(m => element("li", {}, editor ? element("button", { type: "button", class: "line", onclick: () => {
    const start = lines.slice(0, m.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    editor.focus();
    editor.setSelectionRange(start, start + (lines[m.line - 1] ?? "").length);
  } }, `line ${m.line}`) : `line ${m.line}`, `, column ${m.column}: ${m.message}`, editor && lines[m.line - 1]?.trim() ? element("code", {}, ` ${lines[m.line - 1].trim()}`) : null)));
}
