"""What the compiler does not check says in a comment why it holds."""
import re

UNCHECKED = re.compile(
    r"@unchecked Sendable|nonisolated\(unsafe\)|\bunsafelyUnwrapped\b|\bunsafeBitCast\b|\bUnmanaged\b"
    r"|\bwithMemoryRebound\b|\bassumingMemoryBound\b|\bunsafeUninitializedCapacity\b"
    r"|^    (?:\w+(?:\(\w+\))? )*(?:let|var) \w+: (?:Unsafe\w*|OpaquePointer)\b")
ABOVE = 8  # lines of the same paragraph in which the comment may stand


def problems(tree):
    found = []
    for file in tree.sources():
        lines = tree.read(file.path).split("\n")
        for number, line in enumerate(lines):
            if not UNCHECKED.search(line.split("//")[0]):
                continue
            paragraph = [line]
            for above in reversed(lines[max(0, number - ABOVE):number]):
                if not above.strip():
                    break
                paragraph.append(above)
            if not any("//" in above for above in paragraph):
                found.append(f"{file.path}:{number + 1}: {line.strip()[:80]}: no comment says why it is safe")
    return found
