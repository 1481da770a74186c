"""Tests of the parts that turn the repository's files into pages of the site."""

import pathlib
import unittest

import case_pages
import llms
import navigation
import repository
import scorecards
import sources

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TRACKED = ["README.md", "docs/README.md", "docs/guides/ci.md", "scenarios/schema/driver-v1.json", "fixtures/drivers/one.py"]


class RepositoryTests(unittest.TestCase):
    def test_a_link_between_pages_stays_as_it_is(self):
        text = "[index](../README.md#guides) and [elsewhere](https://example.com/a)"
        self.assertEqual(repository.rewritten("docs/guides/ci.md", text, TRACKED, {}), text)

    def test_a_link_to_another_file_leads_to_a_page_with_its_text(self):
        others = {}
        text = repository.rewritten("docs/guides/ci.md", "[schema](../../scenarios/schema/driver-v1.json), [all](../../fixtures/drivers)", TRACKED, others)
        self.assertEqual(text, "[schema](../../files/scenarios/schema/driver-v1.json.md), [all](../../files/fixtures/drivers.md)")
        self.assertEqual(list(others), ["scenarios/schema/driver-v1.json", "fixtures/drivers"])

    def test_a_link_in_a_code_block_is_no_link(self):
        text = "```\n[schema](../../scenarios/none.json)\n```"
        self.assertEqual(repository.rewritten("docs/guides/ci.md", text, TRACKED, {}), text)

    def test_a_link_that_leads_to_no_file_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "leads to no file"):
            repository.rewritten("README.md", "[gone](gone.txt)", TRACKED, {})

    def test_a_pipe_inside_code_needs_no_backslash_on_the_site(self):
        self.assertEqual(repository.rewritten("README.md", "| `A!\\|` | a \\| b |", TRACKED, {}), "| `A!|` | a \\| b |")

    def test_a_block_is_fenced_by_more_backticks_than_its_text_has(self):
        self.assertEqual(repository.block("```sh\nls\n```"), "````text\n```sh\nls\n```\n````\n")


class PageTests(unittest.TestCase):
    def test_the_first_column_of_a_table_links_to_pages(self):
        page = "| `fin` | closes |\n| `stall DURATION` | `fin` |\n| `other` | x |"
        linked = navigation.linked(page, "fin|stall", "../faults")
        self.assertEqual(linked, "| [`fin`](../faults/fin.md) | closes |\n| [`stall DURATION`](../faults/stall.md) | `fin` |\n| `other` | x |")

    def test_every_case_has_its_script(self):
        scripts = case_pages.scripts(ROOT)
        self.assertTrue(scripts["body.cut-short"].startswith("- id: body.cut-short\n  since:"))
        self.assertTrue(scripts["body.cut-short"].endswith("wire: { attempts: { min: 1, max: 10 } }"))

    def test_a_case_uses_the_faults_that_its_script_orders(self):
        script = 'steps:\n  - { text: "the fin of a shark", faults: [stall 5s at event 2, { at: end, do: close_idle }] }'
        self.assertEqual([name for name in ("stall", "close_idle", "fin", "all") if case_pages.uses(script, name)], ["stall", "close_idle"])

    def test_a_source_with_a_known_address_is_a_link(self):
        self.assertEqual(sources.link("RFC 9112 §8"), "[RFC 9112 §8](https://www.rfc-editor.org/rfc/rfc9112#section-8)")
        self.assertEqual(sources.link("a/b#12"), "[a/b#12](https://github.com/a/b/issues/12)")
        self.assertEqual(sources.link("OpenAI API reference: batch"), "OpenAI API reference: batch")

    def test_the_summary_of_a_page_is_its_first_sentence(self):
        self.assertEqual(llms.summary("# CI\n\n<!-- run -->\nRuns [the tests](a.md)\nin CI. Then more.\n"), "Runs the tests in CI.")
        self.assertEqual(llms.summary("# CI\n\nShort: look at this\n\n| a |\n"), "Short: look at this")


class ScorecardTests(unittest.TestCase):
    SECTION = (
        '<section><tr class="pass"><td>pass</td><td>MUST</td><td>A<br><code>#a</code></td><td>x</td><td>y</td></tr>'
        '<tr class="fail"><td>fail</td><td>MUST</td><td>B &amp; C<br><code>#b</code></td><td>2 s</td><td>1 s</td></tr>'
        '<h3>Wire</h3>\n<p>legend</p>\n<pre tabindex="0">{wire}</pre></section>'
    )

    def test_a_panel_has_the_failed_checks_and_the_wire(self):
        panel = scorecards.panel(self.SECTION.format(wire="1 → POST\n2 ← 429  &lt;b&gt;"))
        self.assertEqual(panel.checks, [("MUST", "B & C", "2 s", "1 s")])
        self.assertEqual(panel.wire, ["1 → POST", "2 ← 429  <b>"])

    def test_a_long_wire_is_cut_and_says_so(self):
        panel = scorecards.panel(self.SECTION.format(wire="\n".join(map(str, range(50)))))
        self.assertEqual((len(panel.wire), panel.wire[-1]), (41, "… 10 more lines"))


if __name__ == "__main__":
    unittest.main()
