"""Reads Swift source for the checks: code without comments and literals, and the types that a file declares and names."""

import dataclasses
import re

# The start of a comment or a literal, or a parenthesis that may close an interpolation.
INTERRUPTION = re.compile(r'//|/\*|#*"|[()]')
QUOTE = re.compile(r'(#*)("""|")')
DECLARES = {"struct", "class", "enum", "actor", "protocol"}
TOKEN = re.compile(r"`?[A-Za-z_]\w*`?|[{}.;\n]")
# The dots of a range are not followed by a member.
RANGE = re.compile(r"\.\.[.<]")


def code(text):
    """The text with comments and string literals blanked out. Lines and columns do not change; the code of `\\(…)` in a literal is kept."""
    out, position = [], 0
    while position < len(text):
        position = skip(text, position, out)
    return "".join(out)


def skip(text, position, out):
    """Copies a stretch of code, or blanks one comment or literal; returns the position after it."""
    if text.startswith("//", position):
        end = text.find("\n", position)
        return blank(text, position, len(text) if end < 0 else end, out)
    if text.startswith("/*", position):
        return blank(text, position, end_of_comment(text, position), out)
    if match := QUOTE.match(text, position):
        return literal(text, match, out)
    following = INTERRUPTION.search(text, position + 1)
    end = following.start() if following else len(text)
    out.append(text[position:end])
    return end


def blank(text, start, end, out):
    out.append("".join("\n" if character == "\n" else " " for character in text[start:end]))
    return end


def end_of_comment(text, position):
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    return len(text)


def literal(text, opening, out):
    """Blanks a string literal except for the code of its interpolations; returns the position after it."""
    hashes, quote = opening[1], opening[2]
    position = blank(text, opening.start(), opening.end(), out)
    while position < len(text):
        if text.startswith(quote + hashes, position):
            return blank(text, position, position + len(quote + hashes), out)
        if text.startswith("\\" + hashes + "(", position):
            position = interpolation(text, blank(text, position, position + 2 + len(hashes), out), out)
        elif text.startswith("\\" + hashes, position):
            position = blank(text, position, position + 2 + len(hashes), out)
        elif quote == '"' and text[position] == "\n":
            return position
        else:
            following = re.compile(r'["\\\n]' if quote == '"' else r'["\\]').search(text, position + 1)
            position = blank(text, position, following.start() if following else len(text), out)
    return position


def interpolation(text, position, out):
    """Copies code up to the closing parenthesis; returns the position after it."""
    depth = 1
    while position < len(text):
        if text[position] in "()":
            depth += 1 if text[position] == "(" else -1
            if depth == 0:
                return blank(text, position, position + 1, out)
        position = skip(text, position, out)
    return position


@dataclasses.dataclass
class Names:
    """The types that a file declares (`Outer.Inner`) and those that it names: paths as they are written, with their scope."""

    declared: set = dataclasses.field(default_factory=set)
    named: set = dataclasses.field(default_factory=set)


def names(text):
    """The types of one file. Types inside functions are neither declared nor looked up."""
    reader = Reader([match[0].strip("`") for match in TOKEN.finditer(RANGE.sub("   ", code(text)))])
    while reader.at < len(reader.tokens):
        reader.step()
    return reader.names


class Reader:
    def __init__(self, tokens):
        self.tokens, self.at, self.names = tokens, 0, Names()
        # The open scopes: the path of a type, or None for any other brace.
        self.open, self.pending = [], None

    @property
    def scope(self):
        return next((path for path in reversed(self.open) if path is not None), ())

    def step(self):
        token, before = self.tokens[self.at], self.tokens[self.at - 1] if self.at else "\n"
        self.at += 1
        if token == "import" and before in ("\n", ";"):
            while self.at < len(self.tokens) and self.tokens[self.at] != "\n":
                self.at += 1
        elif token == "{":
            self.open.append(self.pending)
            self.pending = None
        elif token == "}":
            if self.open:
                self.open.pop()
        elif before == ".":
            return
        elif token in DECLARES or token == "typealias":
            self.declare(token)
        elif token == "extension":
            if path := self.path():
                self.names.named.add((self.scope, path))
                self.pending = path
        elif token[:1].isupper():
            self.at -= 1
            self.names.named.add((self.scope, self.path()))

    def declare(self, keyword):
        name = self.tokens[self.at] if self.at < len(self.tokens) else ""
        if not name[:1].isupper():
            return
        self.at += 1
        path = (*self.scope, name)
        is_local = None in self.open
        if not is_local:
            self.names.declared.add(path)
        if keyword != "typealias":
            self.pending = path

    def path(self):
        """The path of types that begins here: `Outer.Inner`, without a member after it."""
        parts = []
        while self.at < len(self.tokens) and self.tokens[self.at][:1].isupper():
            parts.append(self.tokens[self.at])
            self.at += 1
            more = self.tokens[self.at : self.at + 2]
            if len(more) < 2 or more[0] != "." or not more[1][:1].isupper():
                break
            self.at += 1
        return tuple(parts)


def resolve(scope, path, declared):
    """The longest declared path that a name means: searched in its scope first, then in the scopes around it."""
    for length in range(len(scope), -1, -1):
        full = (*scope[:length], path[0])
        if full in declared:
            for part in path[1:]:
                if (*full, part) not in declared:
                    break
                full = (*full, part)
            return full
    return None
