#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tells whether two WAV files hold the same speech, one of them having been
through a codec and a network."""

import array
import math
import operator
import sys
import wave


class Sound:
    """One channel of 16-bit samples."""

    def __init__(self, samples, rate):
        self.samples = samples
        self.rate = rate

    @classmethod
    def read(cls, path):
        with wave.open(path, "rb") as file:
            if file.getsampwidth() != 2 or file.getnchannels() != 1:
                raise ValueError("%s is not 16-bit mono" % path)
            samples = array.array("h", file.readframes(file.getnframes()))
            if sys.byteorder == "big":
                samples.byteswap()
            return cls(list(samples), file.getframerate())

    @property
    def seconds(self):
        return len(self.samples) / self.rate

    def envelope(self, step):
        """The loudness of each run of @step samples."""
        samples = self.samples
        return [math.sqrt(sum(x * x for x in samples[at:at + step]) / step)
                for at in range(0, len(samples) - step + 1, step)]

    def thinned(self, step):
        """Every @step-th sample of a running mean: a low-pass, well enough."""
        samples = self.samples
        return [sum(samples[at:at + step]) / step
                for at in range(0, len(samples) - step + 1, step)]


def correlation(a, b, lag):
    """The normalised correlation of a[i] and b[i + lag] where both are; 0 if that
    is less than half of @a, which proves nothing."""
    least = max(2, len(a) // 2)
    if lag >= 0:
        b = b[lag:]
    else:
        a = a[-lag:]
    n = min(len(a), len(b))
    if n < least:
        return 0.0
    a, b = a[:n], b[:n]
    mean_a, mean_b = sum(a) / n, sum(b) / n
    product = sum(map(operator.mul, a, b)) / n - mean_a * mean_b
    power_a = sum(map(operator.mul, a, a)) / n - mean_a * mean_a
    power_b = sum(map(operator.mul, b, b)) / n - mean_b * mean_b
    if power_a <= 0 or power_b <= 0:
        return 0.0
    return product / math.sqrt(power_a * power_b)


def best(a, b, lags):
    return max((correlation(a, b, lag), lag) for lag in lags)


def compare(played, heard):
    """How alike the waves are and by how many seconds @heard is late: the best
    normalised correlation, 1.0 for the same wave. Loudness finds the place to
    10 ms, then the wave itself to less than a millisecond, then to a sample."""
    if played.rate != heard.rate:
        raise ValueError("the sample rates differ")
    step = played.rate // 100
    _, lag = best(played.envelope(step), heard.envelope(step), range(-100, 101))
    thin = 8
    around = lag * step // thin
    reach = 2 * step // thin
    _, lag = best(played.thinned(thin), heard.thinned(thin),
                  range(around - reach, around + reach + 1))
    value, lag = best(played.samples, heard.samples,
                      range((lag - 1) * thin, (lag + 1) * thin + 1))
    return value, lag / played.rate
