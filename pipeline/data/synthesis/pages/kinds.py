"""Kinds of page, about as often as a reader should meet them to learn them: each fills a layout."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.data.synthesis.pages import furniture
from pipeline.data.synthesis.pages.layout import Hand, Layout
from pipeline.data.synthesis.pages.writing import (
    any_gap,
    draw_thing,
    random_pattern,
    scribble_out,
    write_line,
    write_sign,
)

RNG = np.random.Generator


def lone_digit(layout: Layout, hand: Hand) -> None:
    hand.put(layout, hand.random_digit(), (0, 0), 1.0, True)


def framed_digit(layout: Layout, hand: Hand) -> None:
    lone_digit(layout, hand)
    rng = hand.rng
    for _ in range(1 + (rng.random() < 0.1)):
        box = furniture.grown(layout.digits_extent(), *(rng.uniform(-0.02, 0.6) + rng.uniform(0, 0.3, 2)))
        furniture.frame(layout, box, rng)


def circled_digit(layout: Layout, hand: Hand) -> None:
    lone_digit(layout, hand)
    furniture.circle(layout, furniture.grown(layout.digits_extent(), 0.05, 0.02), hand.rng)


def underlined_digit(layout: Layout, hand: Hand) -> None:
    lone_digit(layout, hand)
    furniture.underlines(layout, layout.digits_extent(), hand.rng)
    if hand.rng.random() < 0.15:
        furniture.overline(layout, layout.digits_extent(), hand.rng)


def digit_with_sign(layout: Layout, hand: Hand) -> None:
    rng = hand.rng
    signs = ".,()[]-:/·'+=*✓→~|%#"
    before = signs[rng.integers(len(signs))] if rng.random() < 0.4 else ""
    after = signs[rng.integers(len(signs))] if not before or rng.random() < 0.3 else ""
    write_line(layout, hand, f"{before}d{after}", 0, 0, rng.uniform(0.03, 0.5))


def digit_beside_something(layout: Layout, hand: Hand) -> None:
    """Letters, drawings or a blot near a digit."""
    rng = hand.rng
    lone_digit(layout, hand)
    for _ in range(rng.integers(1, 4)):
        angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(1.1, 2.5)
        place = (away * np.cos(angle), away * np.sin(angle))
        what = rng.random()
        if what < 0.5:
            write_line(layout, hand, "L" * int(rng.integers(1, 5)), *place, rng.uniform(0.02, 0.2), rng.uniform(0.3, 1))
        elif what < 0.8:
            draw_thing(layout, hand, place, rng.uniform(0.3, 1.2))
        else:
            scribble_out(layout, hand, place, (rng.uniform(0.4, 1), rng.uniform(0.3, 1)))


def number(layout: Layout, hand: Hand) -> None:
    """A run of digits; sometimes underlined, framed or circled as a whole."""
    rng = hand.rng
    n = int(rng.integers(2, 7)) if rng.random() < 0.7 else int(rng.integers(7, 18))
    write_line(layout, hand, "d" * n, 0, 0, any_gap(rng))
    around = rng.random()
    box = layout.digits_extent()
    if around < 0.15:
        furniture.underlines(layout, box, rng)
    elif around < 0.22:
        furniture.frame(layout, furniture.grown(box, *rng.uniform(0.03, 0.5, 2)), rng)
    elif around < 0.26:
        furniture.circle(layout, box, rng)
    elif around < 0.3:
        scribble_out(layout, hand, (box[2] + 0.9, (box[1] + box[3]) / 2), (rng.uniform(0.5, 1.2), rng.uniform(0.4, 1)))


def touching_digits(layout: Layout, hand: Hand) -> None:
    rng = hand.rng
    write_line(layout, hand, "d" * int(rng.integers(2, 6)), 0, 0, rng.uniform(-0.2, 0.02))


def number_with_signs(layout: Layout, hand: Hand) -> None:
    rng = hand.rng
    write_line(layout, hand, random_pattern(rng), 0, 0, any_gap(rng) if rng.random() < 0.5 else rng.uniform(0.05, 0.3))


def fields(layout: Layout, hand: Hand) -> None:
    """One cell a digit: boxes apart or joined, a comb, windows; some cells may be empty or hold a sign."""
    rng = hand.rng
    n = int(rng.integers(1, 10))
    width, height = rng.uniform(0.9, 1.8), rng.uniform(1.1, 1.9)
    empty = rng.random() * (rng.random() < 0.3)
    kind = rng.random()
    gap = rng.uniform(0.05, 0.5) if kind < 0.28 else 0.0
    wander = 0.06 if rng.random() < 0.7 else 0.18
    for k in range(n):
        if rng.random() < empty and k != n // 2:
            continue
        x, y = k * (width + gap) + rng.normal(0, wander), rng.normal(0, wander)
        if rng.random() < 0.05:
            write_sign(layout, hand, "-.,/+"[rng.integers(5)], x - 0.2, y, 1)
        else:
            hand.put(layout, hand.random_digit(), (x, y), 1.0, True)
    box = (-width / 2, -height / 2, (n - 1) * (width + gap) + width / 2, height / 2)
    if kind < 0.28:
        state = rng.integers(2**31)  # all boxes of a row are drawn the same way
        for k in range(n):
            x = k * (width + gap)
            furniture.frame(layout, (x - width / 2, box[1], x + width / 2, box[3]), np.random.default_rng(state))
    elif kind < 0.46:
        furniture.cells(layout, box, n, 1, rng)
    elif kind < 0.68:
        furniture.comb(layout, box, n, rng)
    else:
        furniture.windows(layout, box, n, rng)


def column(layout: Layout, hand: Hand) -> None:
    """Numbers one below the other; a plus and a line as for a sum, or several columns, or in a table."""
    rng = hand.rng
    rows, pitch, gap = int(rng.integers(2, 7)), rng.uniform(1.15, 2.2), rng.uniform(-0.02, 0.35)
    to_the_right = rng.random() < 0.7
    for row in range(rows):
        what = random_pattern(rng) if rng.random() < 0.12 else "d" * int(rng.integers(1, 7))
        first, boxes = len(layout.glyphs), len(layout.boxes)
        strokes = len(layout.strokes)
        end = write_line(layout, hand, what, 0, row * pitch, gap)
        if to_the_right:
            _shift(layout, first, boxes, strokes, -end)
    if layout.boxes and rng.random() < 0.5:
        x0, _, x1, y1 = layout.digits_extent()
        y = y1 + 0.1 if rng.random() < 0.3 else (rows - 1.5) * pitch + rng.normal(0, 0.05)
        furniture.underlines(layout, (x0 - rng.uniform(0, 0.8), 0, x1, y - 0.1), rng)
        if rng.random() < 0.4:
            write_sign(layout, hand, "+-×="[rng.integers(4)], x0 - rng.uniform(0.5, 1), (rows - 2) * pitch, 1)


def table(layout: Layout, hand: Hand) -> None:
    """Digits and short numbers in the cells of a table."""
    rng = hand.rng
    rows, columns = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    width, height = rng.uniform(1.2, 3.2), rng.uniform(1.3, 2)
    for row in range(rows):
        for col in range(columns):
            if len(layout.boxes) > 28 or rng.random() < 0.15:
                continue
            what = "d" * int(rng.integers(1, max(2, int(width / 0.85)))) if rng.random() < 0.85 else "LL"
            write_line(layout, hand, what, col * width - width * 0.38, row * height, 0.06, 0.95)
    box = (-width / 2, -height / 2, (columns - 0.5) * width, (rows - 0.5) * height)
    furniture.cells(layout, box, columns, rows, rng)


def scattered(layout: Layout, hand: Hand) -> None:
    """Digits anywhere, of unlike sizes, that do not overlap; something else among them."""
    rng = hand.rng
    taken: list[tuple[float, float, float]] = []
    for _ in range(int(rng.integers(2, 14))):
        x, y, size = *rng.uniform(0, 6, 2), float(np.exp(rng.uniform(np.log(0.5), np.log(1.6))))
        if any(abs(x - a) + abs(y - b) < (size + s) * 0.75 for a, b, s in taken):
            continue
        taken.append((x, y, size))
        if rng.random() < 0.82:
            hand.put(layout, hand.random_digit(), (x, y), size, True)
        elif rng.random() < 0.5:
            hand.put(layout, hand.random_letter(), (x, y), size, False)
        else:
            draw_thing(layout, hand, (x, y), size)


def no_digits(layout: Layout, hand: Hand) -> None:
    """Nothing, empty furniture, letters or drawings."""
    rng = hand.rng
    kind = rng.random()
    if kind < 0.46:
        hand.put(layout, hand.random_letter(), (0, 0), 1.0, False)
    elif kind < 0.56:
        word = "L" + "".join(rng.choice(list("LLLLogSl"), int(rng.integers(1, 8))))
        write_line(layout, hand, word, 0, 0, rng.uniform(0.02, 0.3))
    elif kind < 0.62:
        draw_thing(layout, hand, (0, 0), 1.0)
    elif kind < 0.67:
        box = (0.0, 0.0, float(rng.uniform(1, 8)), float(rng.uniform(1, 3)))
        furnish = furniture.frame if rng.random() < 0.5 else furniture.underlines  # an empty circle is a 0
        furnish(layout, box, rng)
    elif kind < 0.7:
        n = int(rng.integers(1, 8))
        furniture.comb(layout, (0, 0, n * rng.uniform(0.8, 1.6), 1.4), n, rng)
    elif kind < 0.74:
        write_line(layout, hand, random_pattern(rng).replace("d", "L"), 0, 0, 0.1)
    elif kind < 0.78:
        scribble_out(layout, hand, (0, 0), (rng.uniform(0.5, 2), 1))


KINDS: dict[Callable[[Layout, Hand], None], float] = {
    lone_digit: 0.18, framed_digit: 0.06, circled_digit: 0.06, underlined_digit: 0.05, digit_with_sign: 0.08,
    digit_beside_something: 0.03, number: 0.16, touching_digits: 0.14, number_with_signs: 0.18, fields: 0.15,
    column: 0.05, table: 0.02, scattered: 0.03, no_digits: 0.26,
}  # fmt: skip


def random_layout(hand: Hand) -> Layout:
    """A page of a random kind."""
    kinds, weights = list(KINDS), np.array(list(KINDS.values()))
    layout = Layout()
    kinds[hand.rng.choice(len(kinds), p=weights / weights.sum())](layout, hand)
    return layout


def _shift(layout: Layout, first: int, boxes: int, strokes: int, x: float) -> None:
    """What was added since, moved to the right by `x`."""
    right = np.array([x, 0.0])
    layout.glyphs[first:] = [replace(g, place=g.place + right) for g in layout.glyphs[first:]]
    layout.boxes[boxes:] = [(a + x, b, c + x, d) for a, b, c, d in layout.boxes[boxes:]]
    layout.strokes[strokes:] = [replace(s, points=s.points + right) for s in layout.strokes[strokes:]]
