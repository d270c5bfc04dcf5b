"""The colours of the page can be told apart, light and dark, by the measure of WCAG 2.2."""

import re

import pytest

from browser import PAGE

CSS = (PAGE / "panel.css").read_text(encoding="utf-8")
PARTS = ("bass", "chords", "second_voice")
TEXT, SHAPE = 4.5, 3.0  # level AA
PAIRS = [
    *[(one, ground, TEXT) for one in ("text", "muted") for ground in ("page", "box", "roll")],
    *[("roll", state, TEXT) for state in ("player", "answer")],
    ("chords", "roll", TEXT),
    ("on-strong", "strong", TEXT),
    ("light", "page", TEXT),
    *[
        (one, "roll", SHAPE)
        for one in ("now", "player", "answer", "quoted", "ghost", "entropy", "temperature", *PARTS)
    ],
    *[("edge", ground, SHAPE) for ground in ("page", "box")],
]


def colours(theme):
    """By name; the dark ones change some of the light ones."""
    found = {}
    for selector in (r":root", r':root\[data-theme="dark"\]')[: 2 if theme == "dark" else 1]:
        block = re.search(rf"^{selector} \{{(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL)
        found |= dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", block[1]))
    return found


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_that_wcag_says():
    assert contrast("000000", "ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("one", "ground", "least"), PAIRS)
def test_what_is_drawn_stands_out(theme, one, ground, least):
    found = colours(theme)
    assert contrast(found[one], found[ground]) >= least


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline():
    for file in PAGE.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), file
        if file.suffix == ".html":
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", text), file
