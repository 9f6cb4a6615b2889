"""Wording that the glossary of ARCHITECTURE.md replaces. Found in comments, strings and documents."""
import re

# What was written, and what to write.
REPLACED = {
    r"\b(?:whoever|whomever)\b": "name the subject",
    r"\bwithout a word\b": "silently",
    r"\b(?:is|are|was|were|be|been) (?:to be )?had\b": "be available",
    r"\bcannot be had\b": "is not available",
    r"\bnothing says\b": "nothing shows",
    r"\bcomes? to (?:its|their|an) end\b": "ends",
    r"\b(?:brought|brings?|bringing) (?:it |them |a stream |streams )?back\b": "restore",
    r"\bwaits? in line\b|\bin (?:its|their|the) line\b": "queue",
    r"\bshelf\b": "cache",
    r"\bdesk\b": "handler",
    r"\bdoors?\b": "listener",
    r"\b(?:is|are|was|were|been) told\b": "published, sent, reported or notified",
    r"\bheard?\b|\bhears\b": "receive, or has a subscriber",
    r"\bwho(?:ever)? listens\b": "subscribers",
    r"\blives\b(?! on)|\ba life\b|\b(?:this|the|its|one|last|first|next) life\b": "incarnation",
}
PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in REPLACED), re.I)


def prose(file):
    """The comments and strings of a Swift file, with spaces in place of code."""
    return "".join(a if b == " " or a == "\n" else " " for a, b in zip(file.text, file.code))


def replacement(found):
    return next(new for pattern, new in REPLACED.items() if re.fullmatch(pattern, found, re.I))


def problems(tree):
    texts = [(file.path, prose(file)) for file in tree.swift if not file.path.startswith("Tests/")]
    texts += [(path, tree.read(path)) for path in tree.files if path.endswith((".md", ".toml", ".service"))]
    problems = []
    for path, text in texts:
        for number, line in enumerate(text.split("\n"), 1):
            for found in PATTERN.finditer(line):
                problems.append(f"{path}:{number}: '{found.group()}': {replacement(found.group())}")
    return problems
