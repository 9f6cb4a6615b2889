"""Folders of one target do not use each other's types in circles."""
import re
from collections import defaultdict


def owners(files):
    """The folder of each type that only one folder declares. `A.B` stands for a `B` that an extension of
    `A` declares elsewhere."""
    places = defaultdict(set)
    for file in files:
        for part in file.declarations():
            if part.kind == "extension":
                for name in part.nested_types():
                    places[f"{part.last_name}.{name}"].add(file.folder)
            elif not part.is_private:
                places[part.name].add(file.folder)
    return {name: min(folders) for name, folders in places.items() if len(folders) == 1}


def uses(files):
    """For each folder the folders whose types it uses, each with one example."""
    owner = owners(files)
    found = defaultdict(dict)
    for file in files:
        code = re.sub(r"^.*\bimport .*$", "", file.code, flags=re.M)
        words = set(re.findall(r"\b[A-Z]\w*", code)) | set(re.findall(r"\b[A-Z]\w*\.[A-Z]\w*", code))
        for word in sorted(words & owner.keys()):
            if owner[word] != file.folder and owner[word] and file.folder:
                found[file.folder].setdefault(owner[word], f"{file.name} uses {word}")
    return found


def reachable(graph, start):
    seen, waiting = set(), [start]
    while waiting:
        for folder in graph.get(waiting.pop(), ()):
            if folder not in seen:
                seen.add(folder)
                waiting.append(folder)
    return seen


def circles(graph):
    """Pairs that use each other, and one line for each longer circle without such a pair."""
    pairs = [(a, b) for a in graph for b in graph[a] if a < b and a in graph.get(b, ())]
    paired = {folder for pair in pairs for folder in pair}
    around = {a: reachable(graph, a) for a in graph}
    longer = {frozenset(b for b in around[a] if a in around.get(b, ())) for a in graph if a in around[a]}
    return sorted(pairs), [sorted(circle) for circle in longer if not circle & paired]


def problems(tree):
    targets = defaultdict(list)
    for file in tree.sources():
        targets[file.target].append(file)
    found = []
    for target, files in sorted(targets.items()):
        graph = uses(files)
        pairs, longer = circles(graph)
        found += [f"{target}: {a} and {b} ({graph[a][b]}; {graph[b][a]})" for a, b in pairs]
        found += [f"{target}: {', '.join(circle)} in a circle" for circle in longer]
    return found
