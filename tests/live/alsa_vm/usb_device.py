"""A USB keyboard and synthesizer in one, played by the kernel.

Its gadget driver is the device, its dummy host controller the cable, its USB audio driver finds it.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from peers import Note, wait_for

NAME = "Toy Keys"
PORT = "Toy Keys:Toy Keys MIDI 1"
_GADGET = Path("/sys/kernel/config/usb_gadget/toy")
_ID = "toygadget"  # of the sound card at the device's own end
_PLUG = "dummy_udc.0"


def make() -> None:
    """Describe the device; it is not plugged in yet."""
    strings, function = _GADGET / "strings/0x409", _GADGET / "functions/midi.usb0"
    for folder in (_GADGET, strings, _GADGET / "configs/c.1", function):
        folder.mkdir()
    for file, text in (("idVendor", "0x1d6b"), ("idProduct", "0x0104")):
        (_GADGET / file).write_text(text)
    (strings / "manufacturer").write_text("Toys")
    (strings / "product").write_text(NAME)
    (function / "id").write_text(_ID)
    (_GADGET / "configs/c.1/midi.usb0").symlink_to(function)


class UsbDevice:
    """The far end of the cable, plugged in as a context; its MIDI socket is there only while it is."""

    def __init__(self) -> None:
        self._socket = -1
        self._bytes = b""

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def plug_in(self) -> None:
        (_GADGET / "UDC").write_text(_PLUG)
        card = wait_for(Path(f"/proc/asound/{_ID}").resolve, "the device").name
        node = Path(f"/dev/snd/midi{card.replace('card', 'C')}D0")
        wait_for(node.exists, "its socket")
        self._socket = os.open(node, os.O_RDWR | os.O_NONBLOCK)
        self.heard()  # it listens from the first look on

    def unplug(self) -> None:
        if self._socket < 0:
            return
        self.heard()
        (_GADGET / "UDC").write_text("\n")
        os.close(self._socket)
        self._socket = -1

    def send(self, *data: int) -> None:
        os.write(self._socket, bytes(data))

    def press(self, pitch: int) -> None:
        self.send(0x90, pitch, 80)

    def play(self, *pitches: int, note_s: float = 0.25) -> None:
        for pitch in pitches:
            self.press(pitch)
            time.sleep(note_s)
            self.send(0x80, pitch, 0)

    def heard(self) -> list[Note]:
        """All that it was told to sound since it was made, through all plugging."""
        with suppress(BlockingIOError):
            while self._socket >= 0 and (data := os.read(self._socket, 4096)):
                self._bytes += data
        whole = [self._bytes[at : at + 3] for at in range(0, len(self._bytes) - 2, 3)]
        return [Note(kind & 0xF0 == 0x90 and v > 0, kind & 0x0F, p, v) for kind, p, v in whole]
