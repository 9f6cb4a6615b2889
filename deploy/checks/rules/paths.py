"""Paths that documents, sources and scripts name exist. README.md names every target."""
import os
import re
from pathlib import PurePosixPath

import imports

PATH = re.compile(r"(?<![\w/.-])(?:Sources|Tests|deploy)/[\w./+-]*\w")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"(?<![\w/.+-])[A-Z][\w+]*\.swift\b")
PLACED = re.compile(r"((?:`\w+`(?:, | and )?)+) in\s+`((?:Sources|Tests)/[^`]+\.swift)`")  # `step` in `Sources/…`


def named_in_document(tree, file, text):
    folder = PurePosixPath(file).parent
    for link in LINK.findall(text):
        target = link.split("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            yield link, os.path.normpath(folder / target) in tree.known
    text = LINK.sub("]", text)
    for path in PATH.findall(text):
        yield path, path in tree.known
    for placed, path in PLACED.findall(text):
        for name in re.findall(r"\w+", placed):
            if path in tree.known:
                yield f"{name} in {path}", re.search(rf"\b{name}\b", tree.read(path)) is not None
    names = {PurePosixPath(known).name for known in tree.files}
    for name in FILE.findall(text):
        yield name, name in names


def named_elsewhere(tree, text):
    for path in PATH.findall(text):
        if path.startswith("deploy/"):
            yield path, path in tree.known


def unlisted_targets(tree):
    if "README.md" not in tree.known:
        return []
    listed = set(re.findall(r"Sources/(\w+)", tree.read("README.md")))
    return [f"README.md: does not list the target {name}"
            for name, (folder, _) in sorted(imports.targets(tree.read("Package.swift")).items())
            if folder.startswith("Sources/") and name not in listed]


def problems(tree):
    found = unlisted_targets(tree)
    for file in tree.files:
        if file.endswith(".md"):
            named = named_in_document(tree, file, tree.read(file))
        elif file.startswith(("Sources/", "deploy/", ".ci/")) and file.endswith(
                (".swift", ".py", ".toml", ".service")) or "." not in PurePosixPath(file).name:
            named = named_elsewhere(tree, tree.read(file))
        else:
            continue
        found += sorted({f"{file}: there is no {name}" for name, exists in named if not exists})
    return found
