# SPDX-License-Identifier: LGPL-2.1-or-later
"""Line plots as SVG, without any library."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 50
COLOURS = ("#1b6ca8", "#c8553d", "#4f7942", "#8e5ea2", "#7a6c5d", "#d39f10")


class Axis:
    """From values to a stretch of pixels."""

    def __init__(self, values, logarithmic, pixels):
        self.log = logarithmic
        self.pixels = pixels
        positive = [value for value in values if value > 0 or not logarithmic]
        if not positive:
            raise ValueError("nothing to plot")
        low, high = min(positive), max(positive)
        if logarithmic:
            self.low, self.high = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
            if self.low == self.high:
                self.high += 1
            self.ticks = [10.0 ** n for n in range(self.low, self.high + 1)]
        else:
            step = nice_step(max(high, 1e-9) / 5)
            self.low, self.high = 0, step * math.ceil(max(high, 1e-9) / step)
            self.ticks = [step * n for n in range(int(round(self.high / step)) + 1)]

    def place(self, value):
        if self.log:
            value = math.log10(max(value, 10.0 ** self.low))
        return self.pixels[0] + (value - self.low) / (self.high - self.low) \
            * (self.pixels[1] - self.pixels[0])


def nice_step(least):
    """1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least * (1 - 1e-9))


def number(value):
    return "%d" % value if value == int(value) else "%g" % value


def text(x, y, content, anchor="middle", more=""):
    return '<text x="%.1f" y="%.1f" text-anchor="%s"%s>%s</text>' % (
        x, y, anchor, more, escape(content))


def grid(x_axis, y_axis):
    for tick in x_axis.ticks:
        x = x_axis.place(tick)
        yield '<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/>' % (x, TOP, x, HEIGHT - BOTTOM)
        yield text(x, HEIGHT - BOTTOM + 18, number(tick))
    for tick in y_axis.ticks:
        y = y_axis.place(tick)
        yield '<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>' % (LEFT, y, WIDTH - RIGHT, y)
        yield text(LEFT - 8, y + 4, number(tick), "end")


def curve(name, points, colour, dashed, x_axis, y_axis, row):
    places = [(x_axis.place(x), y_axis.place(y)) for x, y in points]
    dash = ' stroke-dasharray="5,4"' if dashed else ""
    yield '<polyline fill="none" stroke="%s" stroke-width="2"%s points="%s"/>' % (
        colour, dash, " ".join("%.1f,%.1f" % place for place in places))
    for x, y in places:
        yield '<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (x, y, colour)
    y = TOP + 14 + 20 * row
    yield '<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="2"%s/>' % (
        WIDTH - RIGHT + 12, y - 4, WIDTH - RIGHT + 36, y - 4, colour, dash)
    yield text(WIDTH - RIGHT + 42, y, name, "start")


def plot(title, x_name, y_name, curves, log_x=False, log_y=False):
    """An SVG document. @curves: (name, [(x, y), ...], group, dashed); those of
    one group have one colour."""
    x_axis = Axis([x for _, points, _, _ in curves for x, _ in points], log_x, (LEFT, WIDTH - RIGHT))
    y_axis = Axis([y for _, points, _, _ in curves for _, y in points], log_y, (HEIGHT - BOTTOM, TOP))
    groups = list(dict.fromkeys(group for _, _, group, _ in curves))
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
             'font-family="sans-serif" font-size="12">' % (WIDTH, HEIGHT, WIDTH, HEIGHT),
             '<rect width="%d" height="%d" fill="white"/>' % (WIDTH, HEIGHT),
             text((LEFT + WIDTH - RIGHT) / 2, 22, title, more=' font-size="15"'),
             *grid(x_axis, y_axis),
             text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_name),
             text(18, (TOP + HEIGHT - BOTTOM) / 2, y_name,
                  more=' transform="rotate(-90 18 %d)"' % ((TOP + HEIGHT - BOTTOM) / 2))]
    for row, (name, points, group, dashed) in enumerate(curves):
        colour = COLOURS[groups.index(group) % len(COLOURS)]
        lines += curve(name, points, colour, dashed, x_axis, y_axis, row)
    return "\n".join(lines + ["</svg>", ""])
