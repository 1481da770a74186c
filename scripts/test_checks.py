"""Tests of the scripts that check sources, pins, pages, scorecards and the kit's sins. `make check` runs them (rule `selftest`)."""

import pathlib
import tempfile
import unittest

import case_audit
import circles
import floors
import labels
import page_links
import page_paths
import pins
import reference
import scorecard_page
import sin_pairs
import swift_source
import type_names
import words


class PinsTests(unittest.TestCase):
    def test_a_lock_file_gives_the_versions_of_its_packages(self):
        text = "# Made\na-b==1.0 ; python_version < '3.11' \\\n    --hash=sha256:00\nA_B==2.0 \\\n    --hash=sha256:11\n"
        self.assertEqual(pins.pinned(text), {"a-b": {"1.0", "2.0"}})

    def test_a_package_without_a_hash_is_reported(self):
        with self.assertRaisesRegex(ValueError, "b has no hash"):
            pins.pinned("a==1 \\\n    --hash=sha256:00\nb==2\n")

    def test_wheels_of_other_systems_are_left_out(self):
        kept = ["a-1.tar.gz", "a-1-py3-none-any.whl", "a-1-cp311-cp311-manylinux_2_17_x86_64.whl", "a-1-cp38-abi3-macosx_11_0_arm64.whl"]
        gone = ["a-1-cp311-cp311-win_amd64.whl", "a-1-cp38-cp38-manylinux_2_17_x86_64.whl", "a-1-cp311-cp311-manylinux_2_17_s390x.whl"]
        self.assertEqual([file for file in kept + gone if pins.fits(file)], kept)


class ReferenceTests(unittest.TestCase):
    def test_an_example_of_several_lines_is_shown_whole(self):
        help_text = "Plays cases.\n\n  sparring check -- \\\n      curl localhost\n  sparring cases\n\nMore.\n    sparring faults"
        self.assertEqual(reference.examples(help_text), ["sparring check -- \\", "    curl localhost", "sparring cases"])


class SinPairTests(unittest.TestCase):
    def test_every_scored_case_has_a_pair_with_every_sin(self):
        names = sorted(sin_pairs.sins())
        pairs = sin_pairs.pairs(["budget", "fallback"], names)
        self.assertEqual({case for case, _ in pairs}, {case["id"] for case in sin_pairs.scored("budget")})
        self.assertEqual(len(pairs), len(sin_pairs.scored("budget")) * len(names))

    def test_a_sin_is_played_where_the_good_client_reads_a_field_that_it_changes(self):
        read = {"sse.crlf": {"line_ends"}, "sse.comments": {"skips_comments", "line_ends"}}
        pairs = [(case, "chokes-on-comments") for case in read]
        self.assertEqual(sin_pairs.that_can_differ(pairs, read), [("sse.comments", "chokes-on-comments")])

    def test_a_pair_is_played_if_sins_json_has_it_or_the_case_was_not_read(self):
        pairs = [("sse.comments", "chokes-on-comments"), ("sse.crlf", "chokes-on-comments")]
        self.assertEqual(sin_pairs.that_can_differ(pairs, {"sse.comments": set()}), pairs)


class ScorecardPageTests(unittest.TestCase):
    CASES = {"a.one": "must", "a.two": "should", "a.three": "info", "socket.one": "must"}

    def test_the_counts_are_those_of_the_cases_with_a_verdict(self):
        verdicts = {"a.one": "pass", "a.two": "warn", "a.three": "pass", "socket.one": "skip"}
        self.assertEqual(scorecard_page.counts(self.CASES, verdicts), "MUST 1/1, SHOULD 0/1")

    def test_a_case_that_is_newer_than_the_results_of_a_client_is_marked(self):
        lines = scorecard_page.table(self.CASES, {"old": {"verdicts": {"a.one": "fail", "a.two": "timeout", "a.three": "skip"}}})
        self.assertEqual(lines[2:], ["| `a.one` | **F** |", "| `a.two` | w |", "| `a.three` |   |", "| `socket.one` | – |"])


class TypeNameTests(unittest.TestCase):
    def test_a_type_at_the_top_level_of_two_modules_is_found(self):
        sources = [("A", "package struct Step {\n    enum Kind {}\n}"), ("B", "final class Step {}\nenum Kind {}"), ("C", "private struct Step {}")]
        self.assertEqual(type_names.twice(sources), [("Step", ["A", "B"])])


class SwiftSourceTests(unittest.TestCase):
    def test_comments_and_literals_are_no_code(self):
        source = 'let a = "Foo \\" Bar" // Foo\n/* Foo /* Bar */ Foo */ let b = #"Foo " Bar"#\n'
        self.assertNotIn("Foo", swift_source.code(source))
        self.assertNotIn("Bar", swift_source.code(source))
        self.assertEqual(swift_source.code(source).count("\n"), 2)

    def test_a_literal_of_several_lines_is_no_code(self):
        source = 'let text = """\n    import Foundation "Foo"\n    """\nimport Bar\n'
        self.assertEqual(swift_source.code(source).split(), ["let", "text", "=", "import", "Bar"])

    def test_an_interpolation_is_code(self):
        code = swift_source.code('print("one \\(Foo.name("x")) two \\(Bar.all.map { "\\($0)" })")')
        self.assertIn("Foo.name", code)
        self.assertIn("Bar.all", code)
        self.assertNotIn("two", code)

    def test_types_are_declared_by_their_full_path(self):
        source = """
            struct Outer: Sendable { enum Inner { case one }; func work() { struct Local {} } }
            extension Outer.Inner { final class Deep { class func make() {} } }
            typealias Short = Outer
            """
        self.assertEqual(
            swift_source.names(source).declared,
            {("Outer",), ("Outer", "Inner"), ("Outer", "Inner", "Deep"), ("Short",)},
        )

    def test_a_name_means_the_nearest_type(self):
        declared = {("Line",), ("Session",), ("Session", "Line")}
        self.assertEqual(swift_source.resolve(("Session",), ("Line",), declared), ("Session", "Line"))
        self.assertEqual(swift_source.resolve((), ("Line",), declared), ("Line",))
        self.assertEqual(swift_source.resolve((), ("Session", "Line", "Gone"), declared), ("Session", "Line"))
        self.assertIsNone(swift_source.resolve((), ("String",), declared))

    def test_a_member_after_a_dot_is_not_looked_up(self):
        named = {path for _, path in swift_source.names("let a = thing.Foo; let b = 0..<Bar.count").named}
        self.assertNotIn(("Foo",), named)
        self.assertIn(("Bar",), named)


class CirclesTests(unittest.TestCase):
    CIRCLE = {
        "A.swift": "struct A { var b: B.Part }",
        "B.swift": "enum B {}",
        "B+Part.swift": "extension B { struct Part { var c: C } }",
        "C.swift": 'struct C { let a: [A] }',
        "D.swift": "struct D { var a: A }",
    }
    LINE = {
        "A.swift": "struct A { var b: B.Part } // C",
        "B.swift": "enum B { struct Part {} }",
        "C.swift": 'struct C { var a: A; let text = "A and \\(B.Part.self)"; struct B {} }',
    }

    def test_a_circle_is_found_with_its_files(self):
        self.assertEqual(circles.circles(circles.graph(self.CIRCLE)), [["A.swift", "B+Part.swift", "C.swift"]])

    def test_a_tree_without_a_circle_has_none(self):
        self.assertEqual(circles.circles(circles.graph(self.LINE)), [])

    def test_circles_are_read_from_folders(self):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place, "Deep")
            folder.mkdir()
            for name, text in self.CIRCLE.items():
                (folder / name).write_text(text)
            self.assertEqual(circles.of_target(pathlib.Path(place)), [["Deep/A.swift", "Deep/B+Part.swift", "Deep/C.swift"]])

    def test_two_circles_are_two(self):
        arrows = {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}}
        self.assertEqual(circles.circles(arrows), [["c", "d", "e"], ["a", "b"]])

    def test_a_long_circle_takes_no_recursion(self):
        count = 5_000
        arrows = {str(number): {str((number + 1) % count)} for number in range(count)}
        self.assertEqual(len(circles.circles(arrows)[0]), count)

    def test_the_number_of_a_target_only_goes_down(self):
        found = {"T": [["a", "b", "c", "d"]], "U": [["a", "b", "c"]]}
        self.assertEqual(circles.problems(found, {"T": 4}), [])
        self.assertIn("3 at most", circles.problems(found, {})[0])
        self.assertIn("write 4", circles.problems(found, {"T": 5})[0])
        self.assertIn("delete the row", circles.problems(found, {"T": 4, "U": 4})[0])
        self.assertIn("not a target", circles.problems(found, {"T": 4, "V": 9})[0])


class WordsTests(unittest.TestCase):
    def found(self, path, source, exempt=()):
        return [(hit.line, hit.word) for hit in words.in_file(path, source, exempt)[0]]

    def test_every_word_of_the_table_is_found_in_a_comment(self):
        for sentence in (
            "Whoever asks gets it", "and nobody asks", "nobody's business", "on unless told", "unless said otherwise", "nil where there is none",
            "those are none", "'x' is no moment", "it is there no more", "the cassette is gone on with", "what befell it", "it says good-bye",
            "it is told to wait", "as told by the header", "it is said to be", "what was said of it", "the end was heard", "he sees no error",
        ):  # fmt: skip
            self.assertTrue(self.found("A.swift", f"let a = 1\n/// {sentence}\n"), sentence)

    def test_plain_sentences_pass(self):
        for sentence in (
            "None of them are none of ours, and is None", "The streams are told apart by id", "The model said hello", "What was said, and when",
            "A name such as 'nobody', {{nobody}} or org-nobody", "Whose key is it", "What the client sends", "Turn it off", "Who is it?",
            "`is none` and `nobody` are code",
        ):  # fmt: skip
            self.assertEqual(self.found("A.swift", f"/// {sentence}\n"), [], sentence)

    def test_an_opening_is_found_where_a_sentence_begins(self):
        source = "/// A line. Of two, the later\n/// counts. Nothing\n/// else counts.\n\nlet a = 1 // What is left.\n"
        self.assertEqual(
            self.found("A.swift", source), [(1, "Of … (opening)"), (2, "Nothing … (opening)"), (5, "What is … (opening)")]
        )
        self.assertEqual(self.found("A.swift", "/// - Returns: Who asked.\n"), [(1, "Who … (opening)")])
        self.assertEqual(self.found("A.swift", "// MARK: What is sent\n"), [])

    def test_a_phrase_is_found_across_lines(self):
        self.assertEqual(self.found("A.swift", "/// On, unless\n/// told.\n"), [(1, "unless told")])
        self.assertEqual(self.found("A.swift", "// on unless\nlet told = 1\n"), [])

    def test_literals_are_read_and_code_is_not(self):
        source = 'let nobody = is(none) + "it \\(nobody.name) is none"\nlet b = "nobody"\nlet c = """\n    One.\n    Nobody asks.\n    """\n'
        self.assertEqual(self.found("A.swift", source), [(1, "is none"), (5, "Nobody")])

    def test_other_languages_are_read(self):
        for path, source, expected in (
            ("a.py", 'def f(nobody):\n    """Of it."""\n', [(2, "Of … (opening)")]),
            ("a.py", 'x = f"is {nobody if nobody is none else 1}"  # unless told\n', [(1, "unless told")]),
            ("a.mjs", "const nobody = 1 // is none\nf('Nobody asks')\n", [(1, "is none"), (2, "Nobody")]),
            ("a.yaml", "# unless told\n- why: Whoever\n    is told.\n  text: nobody\n", [(1, "unless told"), (2, "Whoever"), (3, "is told")]),
            ("scenarios/schema/a.json", '{\n  "description": "Nil is none.",\n  "pattern": "is none"\n}\n', [(2, "is none")]),
            ("Makefile", "all: ## is none\n\techo is none\n", [(1, "is none")]),
            ("a.bin", "is none\n", []),
        ):  # fmt: skip
            self.assertEqual(self.found(path, source), expected, path)

    def test_a_page_is_read_without_its_code(self):
        page = "# What is sent\nNobody asks.\n\n```\nis none\n```\n    is none\n\n| a | Of b |\n- Nothing\n"
        self.assertEqual(
            self.found("a.md", page), [(2, "Nobody"), (9, "Of … (opening)"), (10, "Nothing … (opening)")]
        )

    def test_a_sentence_of_others_is_exempt_in_its_file_and_a_stale_exemption_is_reported(self):
        source = 'let api = "Nobody may ask."\n'
        self.assertEqual(words.in_file("A.swift", source, ["Nobody may ask."]), ([], []))
        self.assertEqual(words.in_file("A.swift", "let a = 1\n", ["Nobody may ask."]), ([], ["Nobody may ask."]))

    def test_each_hit_has_what_to_write_instead(self):
        texts = words.joined([(1, "Nobody knows; 'x' is none.")])
        self.assertTrue(all(hit.instead for hit in words.hits(texts)))


class LabelsTests(unittest.TestCase):
    def test_the_fourth_parameter_without_a_label_is_found(self):
        for source, count in (
            ("func f(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {}", 4),
            ("init(_ a: [A: B], _ b: (C, D) -> E, _ c: F<G, H>, i: Int, _ d: J = [1, 2]) {}", 4),
            ("func f<A, B>(_ a: A, _ b: B, _ c: Int, d: Int, e: Int) {}", 0),
            ("func f(_ a: (_ b: Int, _ c: Int, _ d: Int) -> Void) {}", 0),
        ):
            with self.subTest(source):
                self.assertEqual([found for _, _, found in labels.unlabelled(source)], [count] if count else [])


class FloorsTests(unittest.TestCase):
    PAGE = (
        "| floor | target | what |\n|---|---|---|\n| 0 | `Low` | x |\n| 1 | `High` | x |\n\n"
        "| package | imported by | why |\n|---|---|---|\n| Foundation | `High` | x |\n| kit-a, Kit-b (old) | `Low`, `High` | x |\n"
    )
    MANIFEST = '// Floor 0: low.\n.target(name: "Low"),\n// Floor 1: high.\n.target(\n    name: "High", dependencies: ["Low"]),\n'

    def setUp(self):
        self.tables, problems = floors.read(self.PAGE)
        self.assertEqual(problems, [])

    def manifest_problems(self, manifest=MANIFEST, targets=("Low", "High"), packages=("kit-a", "kit-b")):
        return floors.manifest_problems(self.tables, manifest, targets, packages)

    def test_both_tables_are_read(self):
        self.assertEqual(self.tables.floors, {"Low": 0, "High": 1})
        self.assertEqual(self.tables.importers["Kit-b"], {"Low", "High"})

    def test_a_page_without_tables_is_a_problem(self):
        self.assertIn("no table", floors.read("# Architecture\n")[1][0])

    def test_the_manifest_agrees_with_the_page(self):
        self.assertEqual(self.manifest_problems(), [])
        self.assertIn("says floor 0", self.manifest_problems(self.MANIFEST.replace("Floor 1", "Floor 0"))[0])
        self.assertIn("has no floor", self.manifest_problems(targets=("Low", "High", "New"))[0])
        self.assertIn("Delete its row", self.manifest_problems(targets=("Low",))[0])
        self.assertIn("no row gives the reason", self.manifest_problems(packages=("kit-a", "kit-b", "kit-c"))[0])
        self.assertIn("is not a package", self.manifest_problems(packages=("kit-a",))[0])

    def test_an_import_goes_down_and_is_declared(self):
        def of(target, module, dependencies):
            return floors.import_problems(self.tables, target, [("F.swift:1", module)], dependencies, {"KitA": "kit-a"})

        self.assertEqual(of("High", "Low", {"Low"}), ([], {}))
        self.assertIn("Move the code down", of("Low", "High", {"High"})[0][0])
        self.assertIn("not among the dependencies", of("High", "Low", set())[0][0])
        self.assertIn("not among the dependencies", of("High", "KitA", set())[0][0])
        self.assertEqual(of("High", "KitA", {"KitA"}), ([], {"kit-a": "F.swift:1"}))
        self.assertEqual(of("Low", "FoundationEssentials", set()), ([], {"Foundation": "F.swift:1"}))
        self.assertEqual(of("Low", "Synchronization", set()), ([], {}))

    def test_importers_are_those_of_the_page(self):
        users = {"Foundation": {"High": "F:1"}, "kit-a": {"Low": "F:1", "High": "F:1"}, "kit-b": {"Low": "F:1", "High": "F:1"}}
        self.assertEqual(floors.importer_problems(self.tables, users), [])
        users["Foundation"] = {"Low": "F:1"}
        texts = floors.importer_problems(self.tables, users)
        self.assertIn("F:1: Low imports Foundation", texts[0])
        self.assertIn("High does not import Foundation", texts[1])

    def test_an_import_in_embedded_text_is_none(self):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place, "Sources/Low/Generated")
            folder.mkdir(parents=True)
            (folder / "Embedded.swift").write_text('import Low\nlet file = #"""\n    import Foundation\n    """#\n')
            found = list(floors.imports(pathlib.Path(place), {"name": "Low"}))
            self.assertEqual(found, [("Sources/Low/Generated/Embedded.swift:1", "Low")])


class PagePathsTests(unittest.TestCase):
    FILES = ["Sources/SparringAPI/Core/Endpoint.swift", "docs/reference/faults.md", "Sources/SparringWire/Faults/SSEFaults.swift"]

    def test_names_are_found_on_a_page(self):
        page = "SparringAPI/Core/   Endpoint.swift ─▶ (`SparringWire/Faults/*Faults.swift`), [faults](../reference/faults.md) and `sparring.yaml`"
        self.assertEqual(
            page_paths.names(page), ["Endpoint.swift", "SparringAPI/Core/", "SparringWire/Faults/*Faults.swift", "reference/faults.md"]
        )

    def test_a_name_that_no_file_has_is_missing(self):
        names = ["Endpoint.swift", "SparringAPI/Core/", "SparringWire/Faults/*Faults.swift", "Desk.swift", "SparringAPI/Gone/", "point.swift"]
        self.assertEqual(page_paths.missing(names, self.FILES), ["Desk.swift", "SparringAPI/Gone/", "point.swift"])


class PageLinksTests(unittest.TestCase):
    FILES = {"README.md", "docs/README.md", "docs/guides/python.md", "docs/reference/limits.md", "scripts/embed"}

    def broken(self, text, **pages):
        return page_links.broken({"docs/README.md": text, **pages}, self.FILES)

    def test_links_to_files_folders_and_headings_lead_somewhere(self):
        page = "# The index, of all\n[a](guides/python.md) [`b`](../scripts) [c](guides) [d](#the-index-of-all) [e](https://example.com/no.md)\n"
        self.assertEqual(self.broken(page), [])

    def test_a_link_to_a_missing_file_is_broken(self):
        self.assertEqual(
            self.broken("one\n\n[a\nb](gone.md) and `code`, [c](guides/python.md)\n\n[x]: also-gone.md\n"),
            ["docs/README.md:4: the link gone.md leads to no file.", "docs/README.md:6: the link also-gone.md leads to no file."],
        )

    def test_a_link_to_a_missing_heading_is_broken(self):
        other = {"docs/guides/python.md": "# In `Python`\n```\n# comment\n```\n## Twice\n## Twice\n<a id=\"own\"></a>\n"}
        good = "[a](guides/python.md#in-python) [b](guides/python.md#twice-1) [c](guides/python.md#own)"
        self.assertEqual(self.broken(good, **other), [])
        for anchor in ("comment", "twice-2", "In-Python"):
            self.assertEqual(
                self.broken(f"[a](guides/python.md#{anchor})", **other),
                [f"docs/README.md:1: docs/guides/python.md has no heading with the anchor #{anchor}."],
            )

    def test_links_in_code_are_not_followed(self):
        self.assertEqual(self.broken("`[a](gone.md)` and\n```\n[b](gone.md)\n```\n\n    [c](gone.md)\n"), [])

    def test_a_page_is_named_by_a_link(self):
        self.assertEqual(
            self.broken("one\n`docs/reference/limits.md`"),
            ["docs/README.md:2: make `docs/reference/limits.md` a link, so that readers can follow it."],
        )

    def test_every_page_is_reached_from_the_front_door(self):
        pages = {
            "README.md": "[limits](docs/reference/limits.md)",
            "docs/README.md": "[python](guides/python.md#top)",
            "docs/guides/python.md": "[back](../README.md)",
            "docs/reference/limits.md": "",
        }
        self.assertEqual(
            page_links.unreachable(pages), ["docs/reference/limits.md is reached from no page: link it in docs/README.md."]
        )

    def test_a_page_is_not_too_long(self):
        long, short = "word " * 101, "word " * 99
        pages = {
            "README.md": "word\n\n" * 901,
            "docs/a.md": f"{short}\n\n{long}\n\n- {short}\n- {long}\n\n| {long} |\n\n```\n{long}\n```\n",
            "docs/glossary.md": "| term | meaning |\n|---|---|\n" + "| word | meaning |\n" * 41,
        }
        self.assertEqual(
            page_links.too_long(pages),
            [
                "README.md: 901 words, 900 at most. Move something to docs/.",
                "docs/a.md:3: a paragraph of 101 words, 100 at most. Split it.",
                "docs/a.md:6: a paragraph of 102 words, 100 at most. Split it.",
                "docs/glossary.md: 41 rows, 40 at most.",
            ],
        )

    def test_a_name_of_a_missing_page_is_stale_in_any_file(self):
        texts = {"Makefile": "x: ## writes docs/gone.md\n", "a.swift": "/// docs/reference/limits.md, https://example.com/docs/a.md\n"}
        self.assertEqual(page_links.stale(texts, self.FILES), ["Makefile:1: there is no page docs/gone.md."])


class CaseNeedTests(unittest.TestCase):
    CHAT = {"raw": {"json": {"object": "chat.completion", "choices": []}}}

    def test_a_case_that_answers_with_a_chat_completion_needs_chat(self):
        text = {"raw": {"body": '{"object":"chat.completion"}'}}
        cases = [
            {"id": "a.steps", "steps": [self.CHAT]}, {"id": "a.text", "steps": [text]}, {"id": "a.rules", "rules": [{"steps": [self.CHAT]}]},
            {"id": "a.needs", "needs": ["chat"], "steps": [self.CHAT]}, {"id": "a.stream", "task": {"op": "chat.stream"}, "steps": [self.CHAT]},
            {"id": "a.refused", "steps": [{"raw": {"status": 400, **self.CHAT["raw"]}}]}, {"id": "a.plain", "steps": [{"text": "pong"}]},
        ]  # fmt: skip
        self.assertEqual(list(case_audit.without_chat({"cases": cases})), ["a.steps", "a.text", "a.rules"])
        self.assertEqual(list(case_audit.without_chat({"defaults": {"needs": ["chat"]}, "cases": cases})), [])


class CaseAuditTests(unittest.TestCase):
    PAGE = "## Mended\n| `retry.a` | x | y | z |\n## retry\n{rows}\n"

    def problems(self, *rows):
        with tempfile.TemporaryDirectory() as folder:
            page, cases = pathlib.Path(folder, "audit.md"), pathlib.Path(folder, "cases")
            cases.mkdir()
            (cases / "retry.yaml").write_text("cases: [{ id: retry.a }, { id: retry.b }]")
            (cases / "sanity.yaml").write_text("cases: [{ id: sanity.hello }]")
            page.write_text(self.PAGE.format(rows="\n".join(rows)))
            return [problem.split(": ", 1)[1] for problem in case_audit.problems(page, cases)]

    def test_a_page_with_a_row_for_each_case_is_whole(self):
        self.assertEqual(self.problems("| `retry.a` | x | y | z |", "| `retry.b` | x | y \\| y | z |"), [])

    def test_a_missing_row_an_empty_cell_a_second_row_and_a_row_without_a_case_are_reported(self):
        rows = "| `retry.a` | x | | z |", "| `retry.a` | x | y | z |", "| `retry.c` | x | y | z |"
        words = " ".join(self.problems(*rows))
        for text in ("retry.a needs 4 cells", "retry.a has two rows", "no case retry.c", "retry.b has no row"):
            self.assertIn(text, words)


if __name__ == "__main__":
    unittest.main()
