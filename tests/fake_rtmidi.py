"""As much of a MIDI binding as is used: MIDI systems dead or alive, and ports of others that come and go."""


class FakeDevice:
    """One client of the fake library; writes down what is done to it."""

    def __init__(self, library, name, others):
        self.library, self.name, self.others = library, name, others
        self.queue, self.sent, self.ignored = [], [], {}
        self.opened = self.tied = None
        self.connections = []
        self.deleted = False

    def ignore_types(self, **kinds):
        self.ignored = kinds

    def get_ports(self):
        assert not self.deleted
        self.library.looks += 1
        return list(self.others)

    def open_virtual_port(self, name):
        self.opened = name
        return self

    def open_port(self, number, name):
        if self.opened is not None:
            raise self.library.RtMidiError("already open")
        if self.others[number] in self.library.busy:
            raise self.library.RtMidiError("busy")
        self.opened, self.tied = name, self.others[number]
        self.connections.append(self.tied)

    def close_port(self):
        self.opened = self.tied = None

    def get_message(self):
        assert not self.deleted
        return (self.queue.pop(0), 0.0) if self.queue else None

    def send_message(self, message):
        assert not self.deleted
        if self.tied in self.library.broken:
            raise self.library.RtMidiError("error sending MIDI message")
        self.sent.append(list(message))

    def delete(self):
        assert not self.deleted
        self.deleted = True


class FakeRtMidi:
    """`sources` and `sinks` are the ports of others: take one out and it is unplugged."""

    API_NAMES = {2: "alsa", 3: "jack", 4: "winmm", 5: "core"}  # noqa: RUF012

    class RtMidiError(Exception):
        pass

    def __init__(self, apis=(2,), dead=(), sources=(), sinks=()):
        self.apis, self.dead = list(apis), dead
        self.sources, self.sinks = list(sources), list(sinks)
        self.busy, self.broken = set(), set()
        self.ins, self.outs, self.looks = [], [], 0

    @property
    def made(self):
        return self.ins + self.outs

    @property
    def alive(self):
        return [device for device in self.made if not device.deleted]

    def get_compiled_api(self):
        return self.apis

    def get_api_name(self, api):
        return self.API_NAMES[api]

    get_api_display_name = get_api_name

    def _device(self, devices, api, name, others):
        if api in self.dead:
            raise self.RtMidiError("no server")
        devices.append(FakeDevice(self, name, others))
        return devices[-1]

    def MidiIn(self, api, name, queue_size_limit):  # noqa: N802
        assert queue_size_limit > 1024
        return self._device(self.ins, api, name, self.sources)

    def MidiOut(self, api, name):  # noqa: N802
        return self._device(self.outs, api, name, self.sinks)
