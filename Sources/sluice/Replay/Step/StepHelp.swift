/// The help that `?` shows.
enum StepHelp {
    static let lines = [
        "Keys, and commands after : or in --commands",
        "",
        "  n, right   p, left      the next token, the previous one     n 5",
        "  N, down    P, up        the next message, the previous one   N 2",
        "  g          a place: 670 or token:670, message:3, byte:5000,  g message:3",
        "             request:17, @12:03:05 (UTC), start, end",
        "  Home, End               the start, the end",
        "  /          the next token in which a match ends              /regret|sorry/i",
        "  \\          the previous such token                           \\regret\\",
        "  b          stop where a condition holds                      b surprisal > 12",
        "  B          list breakpoints                                  b",
        "  d          delete a breakpoint, or all                       d 1",
        "  c   C      continue to the next breakpoint; to the previous  c",
        "  =          print a value: a unit, a gate, a norm             print f[0][12]",
        "  show       everything, or a part: \(parts),",
        "             \(moreParts)   show layers",
        "  ?   q      this help; quit",
        "",
        "Gates are shown as the percentages of a layer's units that are closed / open:",
        "below 0.1 and above 0.9. For g and n, from -1 to 1, absolute values count.",
        "",
        "Conditions: surprisal > 12 and not text matches /the/i",
        "  surprisal probability sentiment positive token id message epoch offset",
        "  h[1][37]  c[1][37]  f[1][37] (a gate)  |x|  norm(h[0])  change(c[1])  saturation(f[0])",
        "  < <= == != >= >  crosses  and or not ( )  + - * /  message_ends  reset  error",
    ]

    private static let parts = "place, text, token"
    private static let moreParts = "candidates, layers, units, request, events  "

    /// The lines, wrapped at words. Continuation lines begin at the column of the explanations.
    static func lines(columns: Int) -> [String] {
        lines.flatMap { wrapped($0, columns: columns) }
    }

    private static func wrapped(_ line: String, columns: Int) -> [String] {
        var rows: [String] = []
        var rest = line[...]
        var indent = ""
        while indent.count + rest.count > columns {
            let head = rest.prefix(columns - indent.count + 1)
            guard let cut = head.lastIndex(of: " "), head[..<cut].contains(where: { $0 != " " })
            else { break }
            rows.append(indent + head[..<cut])
            rest = rest[cut...].drop { $0 == " " }
            indent = line.hasPrefix(" ") ? String(repeating: " ", count: 13) : ""
        }
        return rows + [indent + rest]
    }
}
