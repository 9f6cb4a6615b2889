"""A Swift file, read as far as the rules need it: code without comments and strings, declarations by
their indentation (swift format keeps it at four spaces a level), functions, stored properties."""
import re
from pathlib import Path

ATTRIBUTE = r"(?:@\w+(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s+)"
MODIFIER = (r"(?:(?:package|public|private|fileprivate|internal|open|final|indirect|static|class|lazy|weak|override|"
            r"convenience|required|mutating|nonmutating|consuming|borrowing|nonisolated|isolated|unsafe|"
            r"unowned|dynamic)(?:\([\w(), ]*\))?\s+)")
LEAD = rf"^(?P<indent> *)(?P<modifiers>(?:{ATTRIBUTE}|{MODIFIER})*)"
TYPE = re.compile(
    LEAD + r"(?P<kind>class|struct|enum|actor|protocol|typealias|extension)\s+(?P<name>[A-Za-z_][\w.]*|\[[^\n{]*?\])",
    re.M)
FUNCTION = re.compile(
    LEAD + r"(?:func\s+(?P<name>[^\s(<]+)|init\b[?!]?(?=\s*[<(])|deinit\b|subscript\b)", re.M)
PROPERTY = re.compile(LEAD + r"(?:let|var)\s+(?P<name>\w+|\([^)]*\))", re.M)
OPENING = re.compile(r'//|/\*|#*"""|#*"')


def end_of_string(text, start, quote, hashes):
    """The place after a string literal whose opening quote ends at `start`."""
    special = re.compile(re.escape(quote + hashes) + "|" + re.escape("\\" + hashes) + "(.)", re.S)
    while found := special.search(text, start):
        start = found.end()
        if found.group(1) is None:
            return start
        if found.group(1) == "(":
            start = end_of_interpolation(text, start)
    return len(text)


def end_of_interpolation(text, start):
    depth = 1
    while depth and start < len(text):
        if opening := re.compile(r'#*"""|#*"').match(text, start):
            literal = opening.group()
            hashes = literal.rstrip('"')
            start = end_of_string(text, opening.end(), literal[len(hashes):], hashes)
            continue
        depth += {"(": 1, ")": -1}.get(text[start], 0)
        start += 1
    return start


def end_of_comment(text, start):
    depth = 1
    for mark in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def blanked(text):
    """The text with comments and string literals as spaces; every line keeps its place."""
    parts, at = [], 0
    while opening := OPENING.search(text, at):
        parts.append(text[at:opening.start()])
        mark = opening.group()
        if mark == "//":
            end = text.find("\n", opening.end())
            end = len(text) if end < 0 else end
        elif mark == "/*":
            end = end_of_comment(text, opening.end())
        else:
            hashes = mark.rstrip('"')
            end = end_of_string(text, opening.end(), mark[len(hashes):], hashes)
        parts.append(re.sub(r"[^\n]", " ", text[opening.start():end]))
        at = end
    return "".join(parts) + text[at:]


class Declaration:
    """A type or an extension: its kind, name, modifiers, the lines it covers, its text."""

    def __init__(self, match, code):
        self.kind, self.name = match["kind"], match["name"].rstrip(".")
        if self.name.startswith("["):  # `[UInt8]`, `[String: Int]`
            self.name = "Dictionary" if ":" in self.name else "Array"
        self.indent = len(match["indent"])
        self.is_private = "private" in match["modifiers"]
        closing = re.compile(rf"^ {{{self.indent}}}\}}", re.M)
        line_end = code.find("\n", match.end())
        line_end = len(code) if line_end < 0 else line_end
        on_one_line = self.kind == "typealias" or code[match.end():line_end].rstrip().endswith("}")
        end = None if on_one_line else closing.search(code, match.end())
        self.body = code[match.end():end.start() if end else line_end]
        self.lines = self.body.count("\n") + 1
        self.last_name = self.name.split(".")[-1]

    def stored_properties(self):
        level = self.indent + 4
        return sum(
            count_stored(found, self.body) for found in PROPERTY.finditer(self.body)
            if len(found["indent"]) == level and not re.search(r"\b(static|class)\b", found["modifiers"]))

    def nested_types(self):
        level = self.indent + 4
        return [found["name"] for found in TYPE.finditer(self.body)
                if len(found["indent"]) == level and found["kind"] != "extension"]


def count_stored(found, body):
    """How many stored properties a `let` or `var` declares: none for a computed one."""
    rest = body[found.end():]
    after = re.match(r"[^\n={]*(?:\n\s+[^\n={]*)?([={])?", rest)
    if after.group(1) == "{":
        inside = rest[after.end():].lstrip()
        return 1 if inside.startswith(("didSet", "willSet")) else 0
    return found["name"].count(",") + 1


class SwiftFile:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.name = Path(path).name.removesuffix(".swift")
        self.code = blanked(text)
        self.lines = text.count("\n")

    @property
    def target(self):
        return self.path.split("/")[1] if self.path.count("/") > 1 else ""

    @property
    def folder(self):
        """Below the target's own folder; empty for a file that stands right in it."""
        return "/".join(self.path.split("/")[2:-1])

    def declarations(self):
        """Types and extensions that stand at the top level, in order."""
        return [Declaration(found, self.code) for found in TYPE.finditer(self.code) if not found["indent"]]

    def all_types(self):
        return [Declaration(found, self.code) for found in TYPE.finditer(self.code)
                if found["kind"] not in ("typealias",)]

    def free_functions(self):
        return [found["name"] for found in FUNCTION.finditer(self.code)
                if not found["indent"] and found["name"]]

    def imports(self):
        pattern = re.compile(rf"^(?:{ATTRIBUTE}|{MODIFIER})*import\s+(?:(?:struct|class|enum|func)\s+)?(\w+)", re.M)
        return set(pattern.findall(self.code))

    def function_lengths(self):
        """Lines of each function, initializer and subscript with a body, from its name to its brace."""
        lengths = []
        for found in FUNCTION.finditer(self.code):
            opening = start_of_body(self.code, found)
            if opening is not None:
                end = end_of_braces(self.code, opening)
                lengths.append(self.code.count("\n", found.end(), end) + 1)
        return lengths


def start_of_body(code, found):
    """The place of a function's opening brace; none for a protocol's requirement."""
    indent, depth = len(found["indent"]), 0
    for mark in re.compile(r"[(){\[\]]|\n *\S?").finditer(code, found.end()):
        text = mark.group()
        if text in "([":
            depth += 1
        elif text in ")]":
            depth -= 1
        elif text == "{" and depth == 0:
            return mark.start()
        elif text[0] == "\n" and depth == 0:
            if text[-1] == "{":
                return mark.end() - 1
            if len(text) - 2 <= indent and text[-1] != ")":
                return None
        elif text[0] == "\n" and text[-1] in "()[]":
            depth += 1 if text[-1] in "([" else -1
    return None


def end_of_braces(code, opening):
    depth = 0
    for mark in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if mark.group() == "{" else -1
        if depth == 0:
            return mark.start()
    return len(code)
