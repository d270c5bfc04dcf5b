"""Clocks as they arrive: the true moments of the pulses, and what wires and programs make of them."""

import numpy as np


def pulses(bpm_at, seconds, begin_s=0.0):
    """True moments of the pulses of a clock whose tempo is `bpm_at(seconds from its beginning)`."""
    moments = [0.0]
    while moments[-1] < seconds:
        moments.append(moments[-1] + 60 / bpm_at(moments[-1]) / 24)
    return np.array(moments) + begin_s


def gaussian(moments, chance, sigma_s=0.001):
    return moments + chance.normal(0, sigma_s, len(moments))


def quantised(moments, chance, frames, rate=48_000):
    """Heard at the end of the audio period in which they were sent."""
    period_s = frames / rate
    begin_s = chance.uniform(0, period_s)
    return np.ceil((moments - begin_s) / period_s) * period_s + begin_s


def usb_bursts(moments, chance, looks_s, share=0.02, longest_s=0.025):
    """Heard at the next look, one every `looks_s`; some looks are late; what waited comes at once."""
    looks = np.ceil(moments / looks_s)
    for first in np.flatnonzero(chance.random(len(moments)) < share):
        until = np.ceil(looks[first] + chance.uniform(0, longest_s) / looks_s)
        looks = np.where((looks >= looks[first]) & (looks < until), until, looks)
    return looks * looks_s


def dropped(moments, heard, chance, share=0.005):
    """Some never arrive; gives the true moments of those that do, and when they do."""
    kept = chance.random(len(moments)) >= share
    kept[:12] = True
    return moments[kept], heard[kept]
