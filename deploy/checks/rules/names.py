"""A file is named after the type in it."""


def problem(file):
    base, plus, _ = file.name.partition("+")
    shown = [part for part in file.declarations() if not part.is_private] or file.declarations()
    types = [part.last_name for part in shown if part.kind not in ("extension", "typealias")]
    aliases = [part.last_name for part in shown if part.kind == "typealias"]
    extended = [part for part in shown if part.kind == "extension"]
    extended_names = {name for part in extended for name in part.name.split(".")}
    nested = [name for part in extended for name in part.nested_types()]
    if base in ("main", "Package"):
        return None
    if plus:
        return None if base in extended_names | set(types) else f"declares and extends no {base}"
    if types:
        longest = max((part for part in shown if part.last_name in types), key=lambda part: part.lines)
        return None if base in (types[0], longest.last_name) else f"declares {', '.join(types)}"
    if nested:
        return None if base in nested else f"declares {nested[0]} first"
    if extended:
        if base in extended_names | set(aliases):
            return None
        return f"extends {', '.join(sorted(extended_names))}"
    functions = file.free_functions()
    wanted = base[:1].lower() + base[1:]
    if base in aliases or wanted in functions or len(functions + aliases) != 1:
        return None
    return f"declares {', '.join(sorted(set(functions + aliases)))}"


def problems(tree):
    found = [(file.path, problem(file)) for file in tree.swift]
    return [f"{path}: {what}" for path, what in found if what]
