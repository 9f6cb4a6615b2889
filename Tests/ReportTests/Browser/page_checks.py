"""Uses the report page in a browser and checks what it does.

    page_checks.py --list                 the names of the checks
    page_checks.py FOLDER NAME [NAME...]  runs them on the reports in the folder
"""

import os
import sys
import traceback

from browser import Browser, chromium

# Spans of session.html at which unit 5 of layer 1 is high and unit 9 low (SyntheticTrace.swift).
PLANTED = [(100, 104), (220, 226), (410, 413)]


class Checks:
    def __init__(self, folder, browser):
        self.folder, self.browser = folder, browser

    def open(self, name, fragment=""):
        self.browser.open(os.path.join(self.folder, f"{name}.html"), fragment)

    # Looking

    def cursor(self):
        return self.browser.run("report.view.cursor")

    def color(self, token):
        return self.browser.run(
            f"getComputedStyle(document.getElementById('t{token}')).backgroundColor")

    def pixel(self, canvas, x, y):
        """The colour of a canvas at a position in CSS pixels."""
        return self.browser.run(
            "(() => { const context = new OffscreenCanvas(1, 1).getContext('2d',"
            f" {{ willReadFrequently: true }}); context.drawImage(document.getElementById('{canvas}'),"
            f" {-int(x)}, {-int(y)}); return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)"
            " })()")

    def picture(self, canvas):
        return self.browser.run(f"document.getElementById('{canvas}').toDataURL()")

    def place_in_map(self, unit, token):
        """The position on the screen of a unit at a token."""
        left, top, _, _ = self.browser.box("#heat-map")
        x, y = self.browser.run(
            "(() => { const { view, heatMap: map } = report;"
            f" const slot = report.session.layers[view.layer].units.indexOf({unit});"
            " const row = map.rows.indexOf(slot);"
            f" return [gutter + ({token} + 0.5 - view.start) * view.scale,"
            " (row + 0.5 - map.firstRow) * map.rowHeight] })()")
        return left + x, top + y

    def click_unit(self, unit, token):
        self.browser.click(*self.place_in_map(unit, token))

    # Checks

    def check_opens_with_what_the_session_is(self):
        for name in ("session", "gru", "rnn", "hostile"):
            self.open(name)
        self.open("session")
        b = self.browser
        assert b.text("#stream") == "synthetic"
        facts = b.text("#facts")
        for part in ("LSTM, 2 layers of 32 units", "600 tokens", "10 messages", "synthetic 0a0a"):
            assert part in facts, facts
        assert b.run("document.title") == "synthetic · synthetic · Sluice"
        assert b.text("#t3") == " word3"
        assert "end of message" in b.text(".mark.message") and "+0.50" in b.text(".mark b")
        assert "2023-11-14 22:13:20" in b.text(".mark.message")

    def check_pointing_tells_of_a_token(self):
        self.open("session")
        b = self.browser
        assert b.text("#details .glyph") == " word0"
        assert "no prediction before it" in b.text("#details")
        b.hover_over("#t7")
        assert b.text("#details .glyph") == " word7"
        details = b.text("#details")
        for part in ("Under the pointer", "7 of 600, id 7", "42–48", "1.90 bit", "−0.82"):
            assert part in details, (part, details)
        assert b.count(".candidates tr") == 3
        assert b.text(".candidates tr.came th") == "·candidate8"
        assert "50.0%" in b.text(".candidates tr.came")
        assert "number 1" in b.text(".candidates .note")
        assert self.cursor() == 0
        # The same from the plots, and back to the cursor when the pointer leaves.
        b.hover(*self.place_in_map(5, 30))
        assert b.text("#details .glyph") == " word30"
        assert "h1[5] = +" in b.text("#readout") and "at token 30" in b.text("#readout")
        assert b.run("document.getElementById('t30').classList.contains('hover')")
        b.hover(640, 20)
        assert b.text("#details .glyph") == " word0" and b.text("#readout") == ""

    def check_the_keyboard_moves_and_selects(self):
        self.open("session")
        b = self.browser
        for key, token in [
            ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("PageDown", 60),
            ("PageDown", 120), ("ArrowLeft", 119), ("PageUp", 60), ("PageUp", 0), ("PageUp", 0),
            ("End", 599), ("ArrowRight", 599), ("Home", 0), ("ArrowLeft", 0),
        ]:
            b.press(key)
            assert self.cursor() == token, (key, token, self.cursor())
        assert b.text("#details .glyph") == " word0"
        b.press("ArrowDown")
        below = self.cursor()
        assert below > 3
        assert b.box(f"#t{below}")[1] > b.box("#t0")[1] + 20
        b.press("ArrowUp")
        assert self.cursor() < below
        b.press("Home")
        for _ in range(4):
            b.press("ArrowRight", shift=True)
        assert b.count(".t.selected") == 5
        assert "5 tokens, 0–4" in b.text("#details")
        b.press("Escape")
        assert b.count(".t.selected") == 0
        assert "word4, token 4" in b.text("#live")

    def check_the_cursor_is_always_in_sight(self):
        self.open("session")
        b = self.browser
        left, top, width, height = b.box("#text")
        for key in ["End", "PageUp", "PageUp", "ArrowUp", "Home", "PageDown"]:
            b.press(key)
            _, y, _, h = b.box(".t.cursor")
            assert top <= y and y + h <= top + height, key
            x, _, w, _ = b.box("#cursor-line")
            assert left + 50 <= x <= left + width, key

    def check_colours_follow_the_choice(self):
        self.open("session")
        b = self.browser
        sentiment = [self.color(t) for t in (4, 40, 60)]
        assert len(set(sentiment)) == 3
        assert b.text("#legend-low") == "−1"
        b.press("b")
        surprisal = [self.color(t) for t in (4, 40, 60)]
        assert all(a != c for a, c in zip(sentiment, surprisal))
        assert b.text("#legend-high") == "12+"
        b.click_on("#colors [data-value=sentiment]")
        assert [self.color(t) for t in (4, 40, 60)] == sentiment
        # Selecting a unit colours the text by it; a second click deselects it.
        b.press("End")
        b.run("report.view.setWindow(60, 6, report.plots.width)")
        self.click_unit(5, 101)
        assert b.run("report.view.units.length") == 1 and self.cursor() == 101
        assert b.text("#legend-name") == "h1[5]"
        assert b.run("document.querySelector('#colors [data-value=unit]').ariaPressed") == "true"
        high, low = self.color(101), self.color(98)
        assert high != low
        red, _, blue = (int(part) for part in high[4:-1].split(","))
        assert blue > red  # high is blue, for a value above 0
        # The gate of the same unit, by key and by click.
        b.press("v")
        b.press("v")
        assert b.text("#legend-name") == "i1[5]" and b.text("#legend-low") == "0"
        assert self.color(101) != high
        b.click_on("#vectors [data-value=h]")
        assert self.color(101) == high
        self.click_unit(5, 101)
        assert b.run("report.view.units.length") == 0
        assert b.text("#legend-name") == "negative to positive"

    def check_the_heat_map_shows_the_values(self):
        self.open("session", "#x=90&z=6&o=number")
        b = self.browser
        left, top, _, _ = b.box("#heat-map")

        def at(unit, token):
            x, y = self.place_in_map(unit, token)
            return self.pixel("heat-map", x - left, y - top)

        for start, end in PLANTED[:1]:
            for token in range(start, end):
                red, _, blue = at(5, token)
                assert blue > red + 60, token  # +0.9 is blue
                red, _, blue = at(9, token)
                assert red > blue + 60, token  # -0.8 is orange
        assert min(at(5, 99)) > 150 and min(at(9, 104)) > 150  # near 0 is near the paper
        picture = self.picture("heat-map")
        b.press("0")
        assert b.run("report.view.layer") == 0 and self.picture("heat-map") != picture
        b.press("1")
        assert self.picture("heat-map") == picture
        b.run("document.getElementById('order').value = 'sentiment';"
              "document.getElementById('order').dispatchEvent(new Event('change'))")
        b.settle()
        assert self.picture("heat-map") != picture

    def check_the_heat_map_compares_units_with_their_own_mean(self):
        """Values give stripes where units differ more from each other than over time."""
        self.open("session", "#x=90&z=6&o=number")
        b = self.browser
        rows = ("(() => { const map = document.getElementById('heat-map');"
                " const context = new OffscreenCanvas(map.width, map.height).getContext('2d',"
                " { willReadFrequently: true });"
                " context.drawImage(map, 0, 0); const { rowHeight: high } = report.heatMap;"
                " const width = map.width - gutter - 10; return report.heatMap.rows.map((_, row) =>"
                " { const { data } = context.getImageData(gutter, (row + 0.5) * high, width, 1);"
                " let low = 255, top = 0; for (let i = 0; i < data.length; i += 4) {"
                " low = Math.min(low, data[i + 2]); top = Math.max(top, data[i + 2]) }"
                " return top - low }).filter((spread) => spread < 50).length })()")
        for vector in ("c", "f"):
            b.run(f"report.view.set({{ vector: '{vector}' }})")
            b.settle()
            assert b.run("document.getElementById('shading').value") == "own"
            assert b.text("#map-high") == "+2\u03c3"
            own, striped = self.picture("heat-map"), b.run(rows)
            assert striped == 0, (vector, striped)
            b.run("document.getElementById('shading').value = 'value';"
                  "document.getElementById('shading').dispatchEvent(new Event('change'))")
            b.settle()
            assert self.picture("heat-map") != own and "\u03c3" not in b.text("#map-high")
            assert b.run(rows) > 16, (vector, b.run(rows))
            b.run("report.hash.write()")
            assert "s=value" in b.run("location.hash")
            b.run("report.view.set({ shading: null })")
        # Values between -1 and 1 are shown unchanged.
        b.run("report.view.set({ vector: 'h' })")
        assert b.text("#map-high") == "1"

    def check_units_that_stand_out_are_told(self):
        self.open("session", "#t=102")
        b = self.browser
        assert b.text(".units h2") == "Strongest units of h1"
        assert "+0.90" in b.text(".units"), b.text(".units")
        b.run("report.view.set({ vector: 'f' })")
        b.settle()
        headings = b.run("[...document.querySelectorAll('.units h2')].map((e) => e.textContent)")
        assert headings == ["Most open units of f1", "Most closed"], headings
        values = b.run(
            "[...document.querySelectorAll('.units .number')].map((e) => e.textContent)")
        assert len(values) == 8 and not any(value == "0.00" for value in values), values
        assert "of 32 are open (above 0.9)" in b.text(".units .note")
        for value, gate, text in [
            (0.001, "true", "<0.01"), (0.9999, "true", ">0.99"), (0.001, "false", "+1e-3"),
            (-0.0321, "false", "\u22120.03"), (512.3, "false", "+512"),
        ]:
            assert b.run(f"numberText({value}, {gate})") == text, (value, gate)

    def check_few_units_are_picked(self):
        """The number of selected units is limited, however many stay beyond the threshold."""
        self.open("session", "#t=220")
        b = self.browser
        b.run("report.view.set({ threshold: 0 })")
        b.press("p")
        assert b.run("report.view.units.length") == 8
        names = b.run("report.view.units.map((unit) => report.view.nameOf(unit))")
        assert "h1[5]" in names and "h1[9]" in names, names
        summary = b.text("#match-summary")
        assert summary.startswith("The 8 furthest beyond the threshold, of "), summary
        b.click_on("#chosen > .chosen:first-child button:last-child")
        b.press("m")
        assert "furthest" not in b.text("#match-summary")

    def check_a_phone_shows_all(self):
        b = self.browser
        for width in (360, 390, 700):
            b.resize(width, 844)
            for name in ("session", "hostile", "gru"):
                self.open(name, "#by=unit&u=0.5&t=9")
                assert b.run(OVERLAPS) == [], (name, width)
                assert b.run(CLIPPED) == [], (name, width, b.run(CLIPPED))
            b.click_on("#help")
            scrolled, top = b.run(
                "[document.getElementById('help-dialog').scrollTop,"
                " document.getElementById('help-title').getBoundingClientRect().top]")
            assert scrolled == 0 and 0 <= top < 100, (scrolled, top)
            left, y, wide, high = b.box("#help-close")
            assert 0 <= left and left + wide <= width and 0 <= y < 100
            # It stays visible when the help is scrolled.
            b.run("document.getElementById('help-dialog').scrollTop = 1e6")
            b.click_on("#help-close")
            assert not b.run("document.getElementById('help-dialog').open")

    def check_zoom_and_pan_keep_together(self):
        self.open("session")
        b = self.browser
        left, top, width, height = b.box("#heat-map")
        scale = b.run("report.view.scale")
        token = b.run(f"report.plots.tokenAt(300)")
        b.wheel(left + 300, top + 40, dy=-200)
        assert b.run("report.view.scale") > 1.5 * scale
        assert abs(b.run("report.plots.tokenAt(300)") - token) <= 1
        b.press("w")
        shown = b.run("report.plots.width / report.view.scale")
        assert abs(shown - 600) < 1
        b.press("Home")
        for _ in range(6):
            b.press("+")
        # A drag to the left moves forward, and the text follows.
        for _ in range(3):
            b.drag((left + width - 20, top + 30), (left + 80, top + 30))
        start = b.run("report.view.start")
        assert start > 60
        assert self.cursor() == 0 and b.run("report.view.units.length") == 0
        first, end = b.run("[report.text.visible.start, report.text.visible.end]")
        assert end > start and first > 0
        # When the text is scrolled to its end, the plots follow.
        b.run("report.text.element.scrollTop = 1e6")
        b.settle()
        b.settle()
        assert b.run("report.view.start + report.plots.width / report.view.scale") > 580
        # A click in the strip of the whole session moves there.
        x, y, w, _ = b.box("#overview")
        b.click(x + 58 + (w - 58) / 2, y + 12)
        middle = b.run("report.view.start + report.plots.width / report.view.scale / 2")
        assert abs(middle - 300) < 3, middle

    def check_like_units_are_found(self):
        self.open("session", "#x=90&z=6&o=number")
        b = self.browser
        self.click_unit(5, 101)
        self.click_unit(9, 102)
        assert b.count("#chosen > .chosen") == 2
        b.press("m")
        assert "3 spans, 13 tokens" in b.text("#match-summary"), b.text("#match-summary")
        assert b.text("#chosen > .chosen small") == " high"
        starts = b.run("[...document.querySelectorAll('.span .number')].map((e) => +e.textContent)")
        assert starts == [220, 100, 410], starts  # longest first
        assert "word219" in b.text(".span bdi") and "word220" in b.text(".span mark")
        b.click_on(".span")
        assert self.cursor() == 220
        matched = b.run("[...document.querySelectorAll('.t.match')].map((e) => +e.dataset.token)")
        assert set(range(220, 226)) <= set(matched)
        b.press("]")
        assert self.cursor() == 410
        b.press("[")
        assert self.cursor() == 220
        # With a threshold beyond all values every token matches.
        b.run("const range = document.getElementById('threshold'); range.value = 95;"
              "range.dispatchEvent(new Event('input'))")
        b.settle()
        assert "1 span, 600 tokens" in b.text("#match-summary"), b.text("#match-summary")
        b.press("Escape")
        b.press("Escape")
        assert b.count("#chosen > .chosen") == 0 and b.count(".t.match") == 0

    def check_units_are_picked_from_a_selection(self):
        self.open("session", "#t=220")
        b = self.browser
        for _ in range(5):
            b.press("ArrowRight", shift=True)
        assert b.text("#pick") == "Units of the selection"
        b.click_on("#pick")
        names = b.run("report.view.units.map((unit) => report.view.nameOf(unit))")
        assert names == ["h1[5]", "h1[9]"], names
        assert "3 spans" in b.text("#match-summary")

    def check_search_finds_text(self):
        self.open("session")
        b = self.browser
        b.press("/")
        assert b.run("document.activeElement.id") == "search"
        b.type("WORD59")
        assert b.text("#search-count") == "1 of 11", b.text("#search-count")
        assert self.cursor() == 59
        b.press("Enter")
        assert self.cursor() == 590
        b.press("Enter", shift=True)
        assert self.cursor() == 59
        assert b.count(".t.hit") >= 1
        b.type("x")
        assert b.text("#search-count") == "none"
        b.press("Escape")
        assert b.count(".t.hit") == 0 and self.cursor() == 59
        b.press("ArrowRight")
        assert self.cursor() == 60

    def check_dark_and_light(self):
        self.open("session")
        b = self.browser
        background = "getComputedStyle(document.body).backgroundColor"
        light = (b.run(background), self.color(3), self.picture("heat-map"), self.picture("curves"))
        b.prefer(True)
        b.settle()
        dark = (b.run(background), self.color(3), self.picture("heat-map"), self.picture("curves"))
        assert all(a != c for a, c in zip(light, dark))
        b.click_on("#theme")
        assert b.run(background) == light[0]
        b.press("t")
        assert b.run(background) == dark[0]
        for theme in ("dark", "light"):
            b.run(f"report.view.set({{ theme: '{theme}' }})")
            for color in ("sentiment", "surprisal", "unit"):
                b.run(f"report.keys.groups && report.view.set({{ color: '{color}' }})")
                worst = b.run(CONTRAST)
                assert worst >= 4.5, (theme, color, worst)

    def check_the_address_keeps_the_view(self):
        self.open("session", "#t=220&l=0&v=f&u=1.5,0.3&a=0&by=unit&x=200&z=8&from=215&o=number")
        b = self.browser
        state = ("(({ cursor, layer, vector, color, units, start, scale, anchor, order }) =>"
                 " [cursor, layer, vector, color, units, start, scale, anchor, order])(report.view)")
        wanted = [220, 0, "f", "unit", [{"layer": 1, "slot": 5}, {"layer": 0, "slot": 3}], 200, 8,
                  215, "number"]
        assert b.run(state) == wanted, b.run(state)
        assert b.box("#t220")[1] > 0
        b.press("ArrowRight", shift=True)
        b.run("report.hash.write()")
        fragment = b.run("location.hash")
        self.open("session", fragment)
        wanted[0] = 221
        assert b.run(state) == wanted
        self.open("session", "#t=1e9&l=-3&v=__proto__&u=9.9,x,1.&by=<b>&z=NaN&x=-1&o=3&from=0.5.5")
        assert b.run(state)[:3] == [0, 1, "h"] and b.run("report.view.units.length") == 0

    def check_help_lists_the_keys(self):
        self.open("session")
        b = self.browser
        b.press("?")
        assert b.run("document.getElementById('help-dialog').open")
        assert b.count("#keys kbd") >= 15
        b.press("ArrowRight")
        assert self.cursor() == 0
        b.press("Escape")
        assert not b.run("document.getElementById('help-dialog').open")
        b.click_on("#help")
        b.click_on("#help-close")
        assert not b.run("document.getElementById('help-dialog').open")
        # Everything that can be operated has a name and shows its focus.
        nameless = b.run(
            "[...document.querySelectorAll('button, input, select, [tabindex]')].filter((e) =>"
            " !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)")
        assert nameless == [], nameless
        b.press("Tab")
        assert b.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    def check_cells_have_their_gates(self):
        vectors = "[...document.getElementById('vectors').children].map((e) => e.textContent)"
        b = self.browser
        self.open("session")
        assert b.run(vectors) == ["h", "c", "i", "f", "g", "o"]
        self.open("gru")
        assert b.run(vectors) == ["h", "r", "z", "n"]
        b.press("v")
        assert b.text("#map-low") == "\u22122\u03c3"
        b.run("report.view.set({ shading: 'value' })")
        assert b.text("#map-low") == "0"
        self.open("rnn")
        assert b.run(vectors) == ["h"]
        assert b.count("#colors [data-value=sentiment]") == 0
        assert b.text("#legend-name") == "bits"
        assert "sentiment" not in b.text("#details")

    def check_nothing_in_a_session_does_harm(self):
        self.open("hostile")
        b = self.browser
        assert b.run("window.hacked") is None
        assert "<script>window.hacked" in b.text("#stream")
        assert b.text("#t0") == "</script><script>window.hacked = 1</script>"
        assert b.count("#pane :not(div, p, span, i, b)") == 0
        assert b.count("#pane span span, #pane .t > b, img") == 0
        chips = "[...document.querySelectorAll('#t{0} .chip')].map((e) => e.textContent)"
        for token, expected in [
            (4, ["E2"]), (6, ["FF", "FE"]), (7, ["C3"]), (8, ["U+202E", "U+202C"]),
            (11, ["NUL", "ESC", "DEL", "CR", "↵", "⇥"]), (12, ["U+200B", "U+FEFF"]),
        ]:
            assert b.run(chips.format(token)) == expected, token
        assert b.text("#t5") == "€" and b.text("#t13") == "👍🏽"
        assert b.text("#t9").startswith("◌") and b.text("#t14") == "\\u003c\\"
        bidi = ("[...document.getElementById('pane').textContent]"
                ".some((c) => c >= '\u202a' && c <= '\u202e')")
        assert not b.run(bidi)
        for token in range(16):
            b.run(f"report.view.moveTo({token})")
            b.settle()
        assert b.run("window.hacked") is None
        assert "<script>" in b.text(".candidates th")
        b.press("/")
        b.type("</scr")
        assert b.text("#search-count") == "1 of 2", b.text("#search-count")

    def check_a_short_session_prints_whole(self):
        self.open("session")
        b = self.browser
        assert b.count(".t") < 600
        b.run("window.dispatchEvent(new Event('beforeprint'))")
        assert b.count(".t") == 600
        order = b.run("[...document.querySelectorAll('.t')].every((e, i) => e.id === `t${i}`)")
        assert order
        b.run("window.dispatchEvent(new Event('afterprint'))")
        b.settle()
        assert b.count(".t") < 600

    def check_nothing_overlaps(self):
        b = self.browser
        for name in ("session", "hostile"):
            for width, height in [(1280, 800), (800, 600), (1920, 1080)]:
                b.resize(width, height)
                self.open(name, "#by=unit&u=0.5&t=9")
                problems = b.run(OVERLAPS)
                assert problems == [], (name, width, height, problems)
        b.resize(1280, 800)

    def check_fifty_thousand_tokens_stay_quick(self):
        path = os.path.join(self.folder, "large.html")
        size = os.path.getsize(path)
        assert 20e6 < size < 60e6, size
        self.open("large")
        b = self.browser
        assert b.run("report.session.count") == 50_000
        b.run("window.longTasks = []; new PerformanceObserver((list) => longTasks.push("
              "...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' }); true")
        for key in ["ArrowRight"] * 60 + ["PageDown"] * 60 + ["ArrowDown"] * 20 + ["v"] * 6 + [
            "End", "Home", "w", "+", "+", "u", "b", "s", "0", "1", "t", "t",
        ] * 5:
            b.press(key, settles=False)
        b.settle()
        left, top, width, height = b.box("#heat-map")
        for i in range(200):
            b._mouse("mouseMoved", left + 60 + i * (width - 70) / 200, top + (i * 7) % height)
        b.settle()
        b.press("Home")
        b.press("m")
        b.press("/")
        b.type("word49999")
        assert self.cursor() == 49_999
        assert b.count(".t") < 8000
        longest = max(b.run("longTasks"), default=0)
        assert longest < 1000, longest


# The least contrast between a token's letters and its background, at the ends of the colours.
CONTRAST = """(() => {
    const luminance = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).map((part) => linear(Number(part)));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ink = luminance(getComputedStyle(document.body).color);
    const contrasts = [0, 0.25, 0.5, 0.75, 1].map((part) => {
        const paper = luminance(report.view.tint.color(part));
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
    return Math.min(...contrasts);
})()"""

# Labels and controls that are cut off, by their own box or their bar's.
CLIPPED = """(() => [...document.querySelectorAll(
        "#facts, header button, .bar-top .caption, .bar-top button, .bar-top select, .legend > *, "
        + ".fields label, .buttons button, aside h2, .mark")].filter((element) => {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || element.closest(".hidden")) return false;
    return element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
        && getComputedStyle(element).overflowX !== "visible"
        || box.left < -0.5 || box.right > innerWidth + 0.5;
}).map((element) => element.outerHTML.slice(0, 90)))()"""

# Controls that lie over each other or reach out of their bar, and pages wider than the window.
OVERLAPS = """(() => {
    const problems = [];
    if (document.documentElement.scrollWidth > innerWidth) problems.push("page");
    for (const bar of document.querySelectorAll("header, .bar-top, .tools, .buttons, aside dd")) {
        const frame = bar.getBoundingClientRect();
        let right = -1, bottom = -1;
        for (const child of bar.children) {
            const box = child.getBoundingClientRect();
            if (box.width === 0 || getComputedStyle(child).position === "absolute") continue;
            const isNewLine = box.top >= bottom - 1;
            if (!isNewLine && box.left < right - 0.5) problems.push(`overlap ${child.outerHTML}`);
            if (box.right > frame.right + 0.5) problems.push(`out ${child.outerHTML.slice(0, 90)}`);
            right = box.right;
            bottom = box.bottom;
        }
    }
    return problems;
})()"""


def names():
    return [name[len("check_"):] for name in dir(Checks) if name.startswith("check_")]


def main(arguments):
    if arguments == ["--can-run"]:
        return 0 if chromium() else 1
    if arguments == ["--list"]:
        print("\n".join(names()))
        return 0
    folder, *wanted = arguments
    failed = 0
    with Browser() as browser:
        for name in wanted or names():
            failed += not run(Checks(folder, browser), name)
    return 1 if failed else 0


def run(checks, name):
    """Whether a check went well; one line of output for it, and what went wrong if anything did."""
    browser = checks.browser
    try:
        getattr(checks, f"check_{name}")()
        assert browser.console == [], browser.console
    except Exception:
        print(f"failed {name}\n{traceback.format_exc()}", flush=True)
        return False
    finally:
        browser.console.clear()
        browser.prefer(False)
        browser.resize(browser.width, browser.height)
        browser.run("localStorage.clear()")
    print(f"passed {name}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
