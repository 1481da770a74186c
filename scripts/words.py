"""The rule `words` of scripts/check.py: texts for people use plain words (CONTRIBUTING.md).

    words.py            prints each word that is not used, with its place and what to write instead
    words.py --folders  prints how many there are in each folder

A text is a comment, a documentation comment, a string of two or more words, a page, a title or a reason in a YAML file, or a description
in a schema. Code, code spans in backticks and fenced blocks are not read.
"""

import collections
import dataclasses
import io
import pathlib
import re
import subprocess
import sys
import tokenize

import swift_source

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The first word of a sentence, with what to write instead. A question may begin with any of them, and a heading with "What is".
OPENINGS = {
    "Who": "name the subject: 'A client that …'",
    "Of": "say what it is: 'The … of', 'In seconds', 'For …'",
    "Nothing": "say the act: 'Ignores …', 'Returns no …', 'The server sends no …'",
    "What is": "name the thing: 'The …', 'A … that …'",
}

# Words anywhere in a sentence (a regular expression, regardless of case), with what to write instead.
PHRASES = {
    r"(?<!Bearer )whoever": "name the subject: 'a client that …'",
    # `{{nobody}}`, 'nobody' and org-nobody are names.
    r"(?<![{'-])nobody(?:'s\b|(?![}'-]))": "name the subject, use the passive, or 'no client', 'no test', 'no one'",
    r"unless (?:told|said|asked)\b": "'by default', or 'unless … is set'",
    r"(?:is|are) (?-i:none)(?! of\b)": "say what it is: 'is not a …', 'nil without a …', 'there are no …'",
    r"is no moment": "'is not a timestamp'",
    r"there no more": "'was deleted', 'no longer exists'",
    r"gone on with": "'continued', 'appended to'",
    r"befalls?|befell|befallen": "'happens to', 'affects'",
    r"good-?byes?": "'close', 'close_notify', 'GOAWAY', 'the end of the connection'",
    # These stand for "reports", "returns", "receives" and "detects". "What was said" is allowed, because it may mean speech.
    r"(?:is|are|was|were|be|been|being|gets|as|it|them) told(?! apart\b)|told (?:of|by|otherwise|so|about)\b": "'is reported', 'gets', 'is configured', 'according to'",
    r"(?:is|are|be|been|being) said\b|said (?:of|otherwise|so)\b": "'is reported', 'is stated', 'is given', 'according to'",
    r"heard (?:of|from)\b|(?:nothing is|was|were|be|been) heard": "'receives', 'detects'; sound is 'transcribed'",
    r"sees (?:no|that|an? (?:error|fault|failure|end))\b": "'detects', 'receives', 'treats … as an error'",
}
SENTENCE = re.compile(r"(?:\A|(?<=[.!?;]\s)|(?<=[.!?][\"')]\s))(" + "|".join(sorted(OPENINGS, key=len, reverse=True)) + r")\b(?!-)")
PHRASE = re.compile("|".join(f"(?P<p{number}>\\b(?:{phrase}))" for number, phrase in enumerate(PHRASES)), re.I)
ADVICE = list(PHRASES.values())

# Sentences of other authors, by file, in which the words are allowed. A row that is no longer needed is reported.
EXEMPT_STRINGS: dict[str, list[str]] = {}
# Files that are about the words.
EXEMPT_FILES = {"scripts/words.py": "the table itself", "scripts/test_checks.py": "the tests of the table"}


@dataclasses.dataclass(frozen=True)
class Text:
    """A text of one or more lines, joined by spaces. `lines` has an entry for each line: its start in `text`, and its number."""

    text: str
    lines: tuple
    is_heading: bool = False

    def line(self, position):
        return max((start, number) for start, number in self.lines if start <= position)[1]


@dataclasses.dataclass(frozen=True)
class Hit:
    line: int
    word: str
    instead: str


# MARK: Texts of a file


def joined(rows):
    """One `Text` for each paragraph of numbered lines: an empty line, a list's item and a heading begin a new one."""
    found, open_rows = [], []
    for number, line in [*rows, (0, "")]:
        line = line.strip()
        item = re.match(r"(?:[-*+•|]|\d+\.|#+|>|MARK:(?: -)?)\s+", line)
        if not line or item:
            if open_rows:
                found.append(paragraph(open_rows))
            open_rows = []
            line = line[item.end() :].strip() if item else line
            # `- Parameter name: text` and `- Returns: text`: the text is a sentence of its own.
            if item and (field := re.match(r"(?:Parameter \w+|Parameters|Returns|Throws|Note|Important|`?\w+`?):\s+", line)):
                line = line[field.end() :]
        if line and item and re.match("#|MARK", item[0]):
            found.append(dataclasses.replace(paragraph([(number, line)]), is_heading=True))
        elif line:
            open_rows.append((number, line))
    return found


def paragraph(rows):
    text, lines = "", []
    for number, line in rows:
        lines.append((len(text), number))
        text += line + " "
    return Text(text, tuple(lines))


def swift(source):
    """Comments and string literals. Lines of `//` that follow each other are one text; the code in a literal is left out."""
    found, rows, position = [], [], 0
    while position < len(source):
        out = []
        end = swift_source.skip(source, position, out)
        chunk = source[position:end]
        number = source.count("\n", 0, position) + 1
        if chunk.startswith("//"):
            is_alone = not source[source.rfind("\n", 0, position) + 1 : position].strip()
            if not (is_alone and rows and rows[-1][0] == number - 1):
                found += joined(rows)
                rows = []
            rows.append((number, chunk.lstrip("/")))
        elif chunk.startswith("/*"):
            found += joined(list(enumerate((line.strip().strip("*/") for line in chunk.splitlines()), number)))
        elif swift_source.QUOTE.match(chunk):
            literal = "".join(a if b.isspace() else " " for a, b in zip(chunk, "".join(out)))
            found += prose(literal.strip('#"'), number)
        position = end
    return found + joined(rows)


def prose(literal, number):
    """The paragraphs of a string with more than one word."""
    lines = literal.replace("\\n", "\n").split("\n") if "\n" not in literal else literal.split("\n")
    if "\n" not in literal:
        return joined([(number, line) for line in lines for line in (line, "")]) if re.search(r"\w\s+\w", literal) else []
    return joined(list(enumerate(lines, number)))


def python(source):
    found, rows = [], []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        number = token.start[0]
        if token.type == tokenize.COMMENT:
            is_alone = not token.line[: token.start[1]].strip()
            if not (is_alone and rows and rows[-1][0] == number - 1):
                found += joined(rows)
                rows = []
            rows.append((number, token.string.lstrip("#!")))
        elif token.type == tokenize.STRING:
            literal = re.sub(r"^[A-Za-z]*(?:\"\"\"|'''|[\"'])|(?:\"\"\"|'''|[\"'])$", "", token.string)
            if re.match(r"\w*f", token.string, re.I):
                literal = re.sub(r"\{[^{}]*\}", lambda code: re.sub(r"[^\n]", "x", code[0]), literal)
            found += prose(literal, number)
    return found + joined(rows)


SCRIPT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", re.S)


def javascript(source):
    found, rows = [], []
    for match in SCRIPT.finditer(source):
        number = source.count("\n", 0, match.start()) + 1
        if match[0].startswith("//"):
            is_alone = not source[source.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
            if not (is_alone and rows and rows[-1][0] == number - 1):
                found += joined(rows)
                rows = []
            rows.append((number, match[0][2:]))
        elif match[0].startswith("/*"):
            found += joined(list(enumerate((line.strip().strip("*/") for line in match[0].splitlines()), number)))
        else:
            found += prose(re.sub(r"\$\{[^}]*\}", " ", match[0][1:-1]), number)
    return found + joined(rows)


def shell(source):
    """Comments that begin with `#` and are alone on their lines. In a Makefile, also the help after `##`."""
    rows = []
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(r"\s*#+(.*)", line) or re.search(r"\s##? (.*)", line)
        rows.append((number, match[1] if match and not match[1].startswith("!") else ""))
    return joined(rows)


FIELD = re.compile(r"\s*(?:- )?(?:title|why|description|about|reason):\s+[\"'>|]?-?(.*)")


def yaml(source):
    """Comments, and the titles and reasons of cases with the lines that continue them."""
    rows, is_open = [], None
    for number, line in enumerate(source.splitlines(), 1):
        indent = len(line) - len(line.lstrip())
        if field := FIELD.match(line):
            rows += [(0, ""), (number, field[1].strip("\"'"))]
            is_open = indent
        elif is_open is not None and indent > is_open and not re.match(r"\s*(?:- )?[\w.]+:(?:\s|$)|\s*#", line):
            rows.append((number, line.strip().strip("\"'")))
        else:
            is_open = None
            rows.append((0, ""))
    return joined(rows) + shell(source)


def schema(source):
    return [
        text
        for number, line in enumerate(source.splitlines(), 1)
        if (match := re.match(r'\s*"(?:title|description)": "(.*)"', line))
        for text in joined([(number, match[1])])
    ]


def markdown(source):
    """A page without its fenced blocks. Each cell of a table is a text."""
    rows, is_fenced = [], False
    for number, line in enumerate(source.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
            line = ""
        elif is_fenced or line.startswith("    "):
            line = ""
        if line.startswith("|"):
            rows += [(number, cell) for cell in line.split("|") for cell in (cell, "")]
        else:
            rows.append((number, re.sub(r"<!--.*?-->", "", line)))
    return joined(rows)


def reader(path):
    """The function that reads the texts of a file; None for a file without texts."""
    name = pathlib.PurePosixPath(path)
    if name.suffix in (".yaml", ".yml"):
        return yaml
    if path.startswith("scenarios/schema/"):
        return schema
    readers = {".swift": swift, ".md": markdown, ".py": python, ".js": javascript, ".mjs": javascript, ".ts": javascript, ".sh": shell}
    if name.suffix in readers:
        return readers[name.suffix]
    is_script = path in ("Makefile", ".ci/run", "scripts/embed", "scripts/faults", "scripts/release-flags", "scripts/tests")
    return shell if is_script else None


# MARK: Words of a text


def hits(texts):
    found = []
    for text in texts:
        # Names of code are not words.
        plain = re.sub(r"`[^`]*`", lambda span: "`" + "x" * (len(span[0]) - 2) + "`", text.text)
        for match in SENTENCE.finditer(plain):
            end = re.compile(r"[.!?](?:\s|$)").search(plain, match.end())
            is_question = end is not None and end[0].startswith("?")
            if not is_question and not (text.is_heading and match[1] == "What is"):
                found.append(Hit(text.line(match.start()), f"{match[1]} … (opening)", OPENINGS[match[1]]))
        for match in PHRASE.finditer(plain):
            number = int(match.lastgroup[1:])
            found.append(Hit(text.line(match.start()), match[0], ADVICE[number]))
    return sorted(found, key=lambda hit: hit.line)


def in_file(path, source, exempt=()):
    """The hits in one file, and the exempt strings that were not needed."""
    read = reader(path)
    if read is None:
        return [], []
    stale = []
    for string in exempt:
        blanked = source.replace(string, re.sub(r"\S", "x", string))
        if len(hits(read(blanked))) == len(hits(read(source))):
            stale.append(string)
        source = blanked
    return hits(read(source)), stale


def all_hits(root):
    """The hits of each tracked file that is not generated, and the stale exemptions."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    generated = subprocess.run(
        ["git", "check-attr", "--stdin", "linguist-generated"], input="\n".join(listed), cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    skipped = {line.split(": ")[0] for line in generated if not line.endswith("unspecified")} | set(EXEMPT_FILES)
    found, stale = {}, []
    for path in listed:
        if path in skipped or not (root / path).is_file() or reader(path) is None:
            continue
        found[path], unused = in_file(path, (root / path).read_text(), EXEMPT_STRINGS.get(path, ()))
        stale += [(path, string) for string in unused]
    stale += [(path, "the file") for path in EXEMPT_STRINGS if path not in listed]
    return found, stale


def problems(root):
    found, stale = all_hits(root)
    return [
        f"{path}:{hit.line}: '{hit.word}' is not used here. Instead: {hit.instead}." for path, rows in found.items() for hit in rows
    ] + [f"scripts/words.py: {path} no longer needs the exemption of {string!r}. Delete it." for path, string in stale]


def main():
    if "--folders" in sys.argv[1:]:
        counts = collections.Counter()
        for path, rows in all_hits(ROOT)[0].items():
            counts["/".join(path.split("/")[:2]) if "/" in path else path] += len(rows)
        for folder, count in sorted(counts.items(), key=lambda row: -row[1]):
            if count:
                print(f"{count:5}  {folder}")
        print(f"{sum(counts.values()):5}  in all")
    else:
        print("\n".join(problems(ROOT)))


if __name__ == "__main__":
    main()
