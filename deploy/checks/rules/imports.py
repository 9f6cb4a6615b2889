"""What targets import is what Package.swift declares."""
import re
from collections import defaultdict


def call_arguments(text, opening):
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[opening + 1:at]
    return text[opening + 1:]


def targets(manifest):
    """Of each Swift target its folder and the modules that it depends on."""
    manifest = re.sub(r"^\s*//.*$", "", manifest, flags=re.M)
    found = {}
    for call in re.finditer(r"\.(target|executableTarget|testTarget|systemLibrary)\(\s*name:", manifest):
        body = call_arguments(manifest, manifest.index("(", call.start()))
        name = re.search(r'name:\s*"(\w+)"', body).group(1)
        path = re.search(r'path:\s*"([^"]+)"', body)
        root = "Tests" if call.group(1) == "testTarget" else "Sources"
        listed = re.search(r"dependencies:\s*\[((?:[^\[\]])*)\]", body)
        listed = listed.group(1) if listed else ""
        products = re.findall(r'\.product\(\s*name:\s*"(\w+)"', listed)
        modules = re.findall(r'"(\w+)"', re.sub(r"\.product\([^)]*\)", "", listed))
        found[name] = (path.group(1) if path else f"{root}/{name}", set(modules) | set(products))
    return found


def problems(tree):
    manifest = tree.read("Package.swift")
    declared = targets(manifest)
    programs = set(re.findall(r'\.executableTarget\(\s*name:\s*"(\w+)"', manifest))  # Tests run these.
    known = set(declared).union(*(modules for _, modules in declared.values()))
    imported = defaultdict(set)
    for file in tree.swift:
        for name, (folder, _) in declared.items():
            if file.path.startswith(folder + "/"):
                imported[name] |= file.imports() & known
    found = []
    for name, (_, modules) in sorted(declared.items()):
        if name not in imported:
            continue
        found += [f"{name} imports {m}, which Package.swift does not declare for it"
                  for m in sorted(imported[name] - modules - {name})]
        found += [f"{name} declares {m}, which no file of it imports"
                  for m in sorted(modules - imported[name] - programs)]
    return found
