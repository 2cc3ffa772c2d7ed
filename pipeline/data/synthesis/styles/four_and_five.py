"""Templates of 4 and 5."""

from pipeline.data.synthesis.polylines import Points, joined, line, through
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate, Templates


def _stem_of_four(rng: RNG, x: float, top: float) -> Points:
    """Straight, or with a tail at its end."""
    lean, end = rng.normal(0, 0.03), rng.random()
    if end < 0.75:
        return line(x, top, x + lean, 1)
    side = 0.15 if end < 0.9 else -0.12
    return through(x, top, x + lean / 2, 0.6, x + lean, 0.94, x + lean + side, 1 - abs(side) / 4, points=16)


def four_open(rng: RNG) -> GlyphTemplate:
    """Two strokes: an angle, and the stem."""
    bar, corner, stem = rng.uniform(0.45, 0.74), rng.uniform(0.08, 0.2), rng.uniform(0.6, 0.82)
    end = max(stem + 0.06, rng.uniform(0.84, 1.05))
    angle = line(corner + rng.uniform(-0.02, 0.22), 0, corner, bar, end, bar + rng.normal(0, 0.03))
    return GlyphTemplate(
        [angle, _stem_of_four(rng, stem, rng.uniform(-0.05, bar - 0.15))], 0.36, (-10, 26), (0.72, 1.2)
    )


def four_round(rng: RNG) -> GlyphTemplate:
    """Open; its left and its bar are one bend."""
    low, left, stem = rng.uniform(0.46, 0.58), rng.uniform(0.08, 0.16), rng.uniform(0.66, 0.74)
    bend = [left, low - 0.16, left + 0.14, low, stem - 0.12, low, stem + rng.uniform(0.12, 0.28), low - 0.03]
    first = through(left + rng.uniform(-0.02, 0.08), rng.uniform(0, 0.08), *bend, points=30)
    return GlyphTemplate([first, _stem_of_four(rng, stem, rng.uniform(-0.05, 0.1))], 0.36, (-8, 24), (0.75, 1.15))


def four_closed(rng: RNG) -> GlyphTemplate:
    bar, stem = rng.uniform(0.55, 0.74), rng.uniform(0.62, 0.72)
    gap = max(rng.normal(0, 0.02), 0)
    angle = line(stem - gap, -gap, rng.uniform(0, 0.12), bar, stem + rng.uniform(0.14, 0.34), bar + rng.normal(0, 0.03))
    return GlyphTemplate([angle, _stem_of_four(rng, stem, 0)], 0.3, (-4, 28))


def four_in_one_stroke(rng: RNG) -> GlyphTemplate:
    """Lightning: down, across, up round a narrow bend, down."""
    bar, bend = rng.uniform(0.52, 0.64), rng.uniform(0.8, 0.92)
    first = line(rng.uniform(0.3, 0.5), 0, rng.uniform(0.05, 0.15), bar, bend - 0.12, bar - rng.uniform(0, 0.03))
    bow = [*first[-1], bend, bar - 0.12, bend - 0.05, bar - rng.uniform(0.25, 0.35)]
    foot = [rng.uniform(0.55, 0.66), 1]
    return GlyphTemplate([joined(first, through(*bow, 0.68, bar - 0.05, *foot, points=30))], 0.25, (-10, 15))


def _belly(rng: RNG, x: float, y: float) -> Points:
    """From the end of the short stem round to the tail at lower left."""
    right, rise = rng.uniform(0.78, 0.95), rng.uniform(0.02, 0.09)
    tail = [0.1, rng.uniform(0.84, 0.95)]
    return through(x, y, 0.5, y - rise, right, (y + 1) / 2 - 0.03, rng.uniform(0.42, 0.55), 1, *tail)


def five_in_one_stroke(rng: RNG) -> GlyphTemplate:
    """Like an S with a straighter top."""
    y, right = rng.uniform(0.38, 0.5), rng.uniform(0.76, 0.92)
    top = [rng.uniform(0.75, 0.95), rng.uniform(0, 0.06), 0.45, 0.02, 0.26, 0.12, 0.24, y - 0.08]
    lower = [0.5, y + 0.01, right, (y + 1) / 2 + 0.02, 0.48, 1, 0.1, rng.uniform(0.85, 0.95)]
    return GlyphTemplate([through(*top, *lower, points=60)], 0.36)


def five_wide(rng: RNG) -> GlyphTemplate:
    """As flat and wide as an S that lies down."""
    five = five_in_one_stroke(rng)._replace(lean=(-8, 20), width=(0.8, 1.25))
    return five._replace(strokes=[stroke * [rng.uniform(1.2, 1.7), 1] for stroke in five.strokes])


def five_long(rng: RNG) -> GlyphTemplate:
    """High and narrow, as old hands wrote it: a long S with a bar."""
    y, right = rng.uniform(0.3, 0.42), rng.uniform(0.5, 0.66)
    lower = [0.42, y + 0.02, right, (y + 1) / 2, 0.36, 1, rng.uniform(0.02, 0.16), rng.uniform(0.82, 0.96)]
    body = through(0.32, 0.04, 0.26, y - 0.06, *lower, points=50)
    end = 0.32 + rng.uniform(0.2, 0.45)
    bar = through(0.32, 0.04, 0.45, rng.uniform(-0.04, 0.08), end, rng.uniform(-0.08, 0.06), points=14)
    return GlyphTemplate([body, bar], 0.33, (-4, 34), (0.7, 1.1))


def five_with_bar(rng: RNG) -> GlyphTemplate:
    """The body first, the bar afterwards: near its top, more or less."""
    x, y = rng.uniform(0.24, 0.34), rng.uniform(0.34, 0.52)
    body = joined(line(x + rng.uniform(0, 0.1), 0, x, y), _belly(rng, x, y))
    apart = rng.uniform(0, 0.1) if rng.random() < 0.3 else 0  # a lifted pen came down too far on
    start = body[0] + [apart + rng.normal(0.01, 0.04), rng.normal(0, 0.025) - apart / 3]
    length, tilt = rng.uniform(0.3, 0.75), rng.normal(-0.04, 0.06)
    return GlyphTemplate([body, line(*start, start[0] + length, start[1] + tilt)], 0.4, width=(0.6, 1.15))


def five_in_two_pieces(rng: RNG) -> GlyphTemplate:
    """In haste: the bar stands above and beside the body, and nothing joins them."""
    x, y = rng.uniform(0.24, 0.34), rng.uniform(0.34, 0.52)
    body = joined(line(x + rng.uniform(0, 0.1), 0, x, y), _belly(rng, x, y))
    start = body[0] + [rng.uniform(0.05, 0.4), -rng.uniform(0.0, 0.16)]
    length, tilt = rng.uniform(0.25, 0.6), rng.normal(-0.04, 0.06)
    return GlyphTemplate([body, line(*start, start[0] + length, start[1] + tilt)], 0.4, width=(0.6, 1.15))


def five_with_short_bar(rng: RNG) -> GlyphTemplate:
    x, y = rng.uniform(0.24, 0.32), rng.uniform(0.36, 0.48)
    top = x + rng.uniform(0.02, 0.1)
    start = line(top + rng.uniform(0.2, 0.34), rng.normal(0, 0.03), top, 0, x, y)
    return GlyphTemplate([joined(start, _belly(rng, x, y))], 0.36, width=(0.8, 1.2))


def five_angular(rng: RNG) -> GlyphTemplate:
    left, y, right = rng.uniform(0.12, 0.24), rng.uniform(0.36, 0.48), rng.uniform(0.76, 0.92)
    start = line(rng.uniform(0.76, 0.95), rng.normal(0, 0.03), left + 0.03, 0, left, y, right - 0.15, y - 0.02)
    return GlyphTemplate(
        [joined(start, line(*start[-1], right, y + 0.15, right - 0.04, 0.88, 0.6, 1, 0.1, 0.96))], 0.36
    )


TEMPLATES: Templates = {
    4: [(3, four_open), (1, four_round), (3, four_closed), (1, four_in_one_stroke)],
    5: [
        (2, five_in_one_stroke),
        (3, five_with_bar),
        (1, five_with_short_bar),
        (1.5, five_angular),
        (1, five_in_two_pieces),
        (0.8, five_wide),
        (0.8, five_long),
    ],
}
