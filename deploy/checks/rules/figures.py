"""Figures that are followed over time; none of them is a rule."""
from collections import Counter, defaultdict

RUN = 6  # Lines of code that make a duplicated run.
KINDS = (".swift", ".c", ".h", ".js", ".css", ".html")


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0


def duplicated_runs(files):
    """Runs of at least `RUN` lines of code that stand in another place too: how many, how many lines."""
    places, listed = defaultdict(list), {}
    for file in files:
        rows = [(number, row.strip()) for number, row in enumerate(file.code.split("\n"))]
        rows = [row for row in rows if len(row[1]) > 1 and not row[1].startswith("import ")]
        listed[file.path] = rows
        for at in range(len(rows) - RUN + 1):
            places[tuple(row for _, row in rows[at:at + RUN])].append((file.path, at))
    marked = defaultdict(set)
    for copies in places.values():
        if len(copies) > 1:
            for path, at in copies:
                marked[path].update(range(at, at + RUN))
    runs = sum(1 for rows in marked.values() for at in rows if at - 1 not in rows)
    return runs, sum(len(rows) for rows in marked.values())


def show(tree, types):
    sources = tree.sources()
    lengths = [length for file in sources for length in file.function_lengths()]
    lines = Counter()
    for file in tree.files:
        if file.startswith("Sources/") and file.endswith(KINDS):
            lines[file[file.rindex("."):]] += tree.read(file).count("\n")
    runs, repeated = duplicated_runs(sources)
    rows = [
        ("lines of Sources", f"{sum(lines.values())} ("
         + ", ".join(f"{kind[1:]} {count}" for kind, count in lines.most_common()) + ")"),
        ("Swift files of Sources, of Tests", f"{len(sources)}, {len(tree.swift) - len(sources)}"),
        ("functions", f"{len(lengths)}, median {percentile(lengths, 0.5)} lines, p90 {percentile(lengths, 0.9)}, "
         f"over 35 lines {sum(length > 35 for length in lengths)}"),
        ("files of more than 400 lines", str(sum(file.lines > 400 for file in sources))),
        (f"duplicated runs of {RUN} lines of code", f"{runs}, {repeated} lines in all"),
    ]
    for name, value in rows:
        print(f"{name}: {value}")
    for name in types:
        show_type(sources, name)


def show_type(sources, name):
    parts = [(file, part) for file in sources for part in file.all_types() if part.last_name == name]
    files = {file.path for file, _ in parts}
    print(f"{name}: {sum(part.lines for _, part in parts)} lines in {len(files)} files, "
          f"{sum(part.stored_properties() for _, part in parts)} stored properties")
