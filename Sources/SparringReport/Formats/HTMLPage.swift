/// The fixed parts of HTML reports: their style and their script.
enum HTMLPage {
    /// - Parameter title: without characters that HTML reserves.
    static func head(title: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>\(title)</title>
        <style>
        :root { --paper: #fff; --ink: #1c2128; --quiet: #57606a; --line: #d0d7de; --raised: #f6f8fa; --link: #0a58ca;
          --held: #1a7f37; --failed: #c02a24; --warned: #8a6100; --known: #6639ba; --open: #57606a }
        @media (prefers-color-scheme: dark) { :root { --paper: #0f141a; --ink: #e6edf3; --quiet: #9aa4af; --line: #30363d;
          --raised: #171d25; --link: #79b8ff; --held: #56d364; --failed: #ff7b72; --warned: #e3b341; --known: #c4a7ff;
          --open: #9aa4af } }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif }
        h1 { font-size: 1.4rem; margin: 0 0 1rem } h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere }
        h3 { font-size: .85rem; margin: 1rem 0 .25rem; color: var(--quiet) } p { margin: .2rem 0 }
        code, pre { font: .86em/1.5 ui-monospace, Menlo, Consolas, monospace }
        pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; margin: 0;
          overflow: auto; max-height: 24rem }
        .quiet { color: var(--quiet); font-size: .88em }
        .cards { display: flex; flex-wrap: wrap; gap: .75rem }
        .card { display: flex; gap: 1rem; align-items: center; border: 1px solid var(--line); border-radius: 8px;
          padding: .7rem 1rem; background: var(--raised); max-width: 100% }
        .letter { font-size: 2.2rem; font-weight: 700; line-height: 1; color: var(--quiet); margin: 0 }
        .grade-a .letter, .grade-b .letter { color: var(--held) } .grade-c .letter, .grade-d .letter { color: var(--warned) }
        .grade-f .letter { color: var(--failed) }
        .filters { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: 1.2rem 0 .6rem }
        .filters[hidden] { display: none }
        input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
          border-radius: 6px; padding: .2rem .4rem }
        .matrix { max-width: 100% }
        @media (max-width: 48rem) { .matrix { overflow-x: auto }
          .matrix th[scope=row], .matrix thead th:first-child { position: sticky; left: 0; max-width: 55vw; background: var(--paper) }
          .matrix thead th:first-child { z-index: 2 } tr.theme b { position: sticky; left: .6rem } }
        table { border-collapse: collapse; width: 100%; margin-top: 1rem }
        th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
          font-weight: normal }
        thead th { position: sticky; top: 0; background: var(--paper); color: var(--quiet); font-size: .85em;
          overflow-wrap: anywhere; z-index: 1 }
        tr.theme th { padding-top: 1.1rem; color: var(--quiet) } tr.theme b { font-weight: 600 }
        tbody th span { display: block; color: var(--quiet); font-size: .88em } a { color: var(--link) }
        .level { font-size: .8em; color: var(--quiet) }
        .cell { display: inline-block; white-space: nowrap; padding: .05rem .5rem; border-radius: 6px; font-weight: 600;
          font-size: .88rem; text-decoration: none; border: 1px solid currentColor; color: var(--open) }
        .held { color: var(--held) } .failed { color: var(--failed) } .warned { color: var(--warned) }
        .known { color: var(--known) } .open { color: var(--open) } .none { border-color: transparent }
        .cell.failed { border-width: 2px } a.cell:hover { background: var(--raised) }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
        .panel { display: none; position: fixed; inset: 0 0 0 auto; width: min(60rem, 100%); overflow: auto; z-index: 3;
          background: var(--paper); border-left: 1px solid var(--line); padding: 1.5rem; box-shadow: 0 0 40px #0006 }
        .panel:target { display: block } .panel h2 { display: flex; gap: .6rem; align-items: center; flex-wrap: wrap }
        .close { position: absolute; top: .6rem; right: 1rem; font-size: 1.6rem; text-decoration: none; color: var(--quiet) }
        .scroll { overflow-x: auto } .checks th[scope=row] { overflow-wrap: anywhere } .checks td { font-size: .9em; overflow-wrap: anywhere; min-width: 4rem }
        .checks td:nth-child(-n+2) { white-space: nowrap } .checks tr.pass td:first-child { color: var(--held) }
        .checks tr:is(.fail, .timeout, .error) td:first-child { color: var(--failed); font-weight: 700 }
        .checks tr.warn td:first-child { color: var(--warned); font-weight: 700 }
        @media (max-width: 48rem) { .checks thead { display: none } .checks tr { display: block; border-bottom: 1px solid var(--line) }
          .checks :is(td, th) { display: block; padding: .15rem .6rem; border: 0 }
          .checks td:nth-child(-n+2) { display: inline-block; min-width: 0 }
          .checks td:nth-child(4)::before { content: "expected: " } .checks td:nth-child(5)::before { content: "actual: " } }
        @media print { .panel { display: block; position: static; width: auto; box-shadow: none; border: 0 } .close { display: none } }
        </style></head><body>

        """
    }

    static let foot = """
        <script>
        "use strict";
        const rows = [...document.querySelectorAll("main tbody tr:not(.theme)")];
        const themes = [...document.querySelectorAll("main tr.theme")];
        const form = document.querySelector(".filters");
        const field = name => form.querySelector(`[data-filter="${name}"]`);
        form.hidden = false;
        form.addEventListener("submit", event => event.preventDefault());
        function filter() {
          const text = field("text").value.toLowerCase();
          for (const row of rows) {
            row.hidden = !(row.firstElementChild.textContent.toLowerCase().includes(text)
              && (!field("theme").value || row.dataset.theme === field("theme").value)
              && (!field("level").value || row.dataset.level === field("level").value)
              && (!field("wrong").checked || row.dataset.wrong === "true"));
          }
          for (const theme of themes) {
            theme.hidden = !rows.some(row => !row.hidden && row.dataset.group === theme.dataset.group);
          }
          form.querySelector("[data-count]").textContent =
            `${rows.filter(row => !row.hidden).length} of ${rows.length} cases`;
        }
        const names = ["text", "theme", "level", "wrong"];
        // The address has the filters, so that a link shows the same rows.
        function remember() {
          const query = new URLSearchParams();
          for (const name of names) {
            const value = name === "wrong" ? (field(name).checked ? "1" : "") : field(name).value;
            if (value) query.set(name, value);
          }
          history.replaceState(null, "", location.pathname + (query.size ? "?" + query : "") + location.hash);
        }
        const asked = new URLSearchParams(location.search);
        for (const name of names) {
          if (name === "wrong") field(name).checked = asked.get(name) === "1"; else field(name).value = asked.get(name) ?? "";
        }
        form.addEventListener("input", () => { filter(); remember(); });
        filter();
        let opener = null;
        function close() {
          if (!document.querySelector(".panel:target")) return;
          location.hash = "#";
          history.replaceState(null, "", location.pathname + location.search);
          if (opener) opener.focus();
        }
        addEventListener("hashchange", () => {
          const panel = document.querySelector(".panel:target");
          if (panel) panel.focus();
        });
        document.addEventListener("click", event => {
          const link = event.target.closest("a");
          if (!link) return;
          if (link.matches(".close")) { event.preventDefault(); close(); }
          if (link.matches("main td > a.cell, main th > a")) opener = link;
        });
        document.addEventListener("keydown", event => {
          if (event.key === "Escape") return event.target === field("text") ? event.target.blur() : close();
          const leaves = event.target === field("text") && ["ArrowDown", "Enter"].includes(event.key);
          if (leaves) {
            event.preventDefault();
            rows.find(row => !row.hidden)?.querySelector("td > .cell")?.focus();
            return;
          }
          if (event.target.matches("input, select, pre") || event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key === "/") { event.preventDefault(); return field("text").focus(); }
          const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
          if (!step || document.querySelector(".panel:target")) return;
          const shown = rows.filter(row => !row.hidden).map(row => [...row.querySelectorAll("td > .cell")]);
          if (!shown.length) return;
          event.preventDefault();
          let y = shown.findIndex(cells => cells.includes(document.activeElement));
          let x = y < 0 ? 0 : shown[y].indexOf(document.activeElement);
          if (y < 0) y = 0; else { y += step[0]; x += step[1]; }
          const cell = shown[Math.max(0, Math.min(y, shown.length - 1))];
          cell[Math.max(0, Math.min(x, cell.length - 1))].focus();
        });
        </script></body></html>

        """
}
