"""Draws temperature against entropy as sampling has it; run as a script, it writes the file."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "daemon")]

from antiphon.compose.sampling import SamplingSettings, adaptive_temperature  # noqa: E402

FILE = ROOT / "daemon/antiphon/compose/temperature.svg"
LEFT, TOP, WIDTH, HEIGHT = 52, 16, 460, 180
MOST_NATS, LEAST, MOST = 3.5, 0.7, 1.2
CURVES = (("softness 0.1, as it comes", 0.1, "#c2560a", ""), ("softness 0", 0.0, "#2463a8", "4 3"))


def place(nats: float, temperature: float) -> tuple[float, float]:
    down = (MOST - temperature) / (MOST - LEAST)
    return LEFT + WIDTH * nats / MOST_NATS, TOP + HEIGHT * down


def curve(softness: float) -> str:
    settings = SamplingSettings(softness=softness)
    nats = [MOST_NATS * step / 350 for step in range(351)]
    points = (place(each, adaptive_temperature(each, settings)) for each in nats)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#444") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def picture() -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {TOP + HEIGHT + 48}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="#fafafa" stroke="#bbb"/>',
    ]
    for tenths in range(7, 13):
        x, y = place(0, tenths / 10)
        parts.append(text(x - 6, y + 4, f"{tenths / 10:.1f}", "end"))
    for halves in range(8):
        x, _ = place(halves / 2, LEAST)
        parts.append(text(x, TOP + HEIGHT + 16, f"{halves / 2:.1f}"))
    for number, (name, softness, colour, dashes) in enumerate(CURVES):
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        parts.append(f'<polyline points="{curve(softness)}" {stroke}/>')
        parts.append(text(LEFT + WIDTH - 8, TOP + 20 + 16 * number, name, "end", colour))
    parts.append(text(LEFT + WIDTH / 2, TOP + HEIGHT + 36, "entropy of what the model expects next, in nats"))
    parts.append(text(LEFT + 8, TOP + HEIGHT - 8, "temperature", "start"))
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
