"""The playing process and the one that stands by, with real processes that play nothing."""

import pickle
from contextlib import contextmanager
from multiprocessing import Pipe, active_children

import pytest

import fake_player
from antiphon.errors import Failure
from antiphon.events import NoteOff, Timed
from antiphon.model_facts import ModelFacts
from antiphon.perform.reports import Asked, Received, Released, Sent, SettingChanged
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings
from antiphon.stage.ports.wiring import Wiring
from antiphon.stage.process import handle as sending_process
from antiphon.stage.process.handle import PlayerHandle
from antiphon.stage.process.messages import Join, LoadOrder, Ready, StartPlaying
from antiphon.stage.process.supervisor import Supervisor, TakenOver

NOTE = fake_player.NOTE
OFF = NoteOff(fake_player.NOTE.pitch, fake_player.NOTE.channel)
IN_FORCE = SessionSettings(channel=7)
PATIENCE = 1500  # frames; on a busy machine a process takes seconds to begin


class House:
    """A live performance; `seen` is what it told."""

    def __init__(self, folder, performance):
        self.folder, self.live, self.seen = folder, performance, []

    def attend(self, until, at=()):
        """Attend until what was seen is so; `at` are orders, each given at a tick of its own."""
        orders, frames = list(at), 0

        def tick():
            nonlocal frames
            frames += 1
            if orders:
                self.live.ask(orders.pop(0))

        self.live.attend(self.seen.append, tick, lambda: until(self.seen) or frames > PATIENCE)
        assert frames <= PATIENCE, self.seen

    def start(self, number):
        return pickle.loads((self.folder / f"start-{number}").read_bytes())


@contextmanager
def house(folder, pause=None):
    facts = ModelFacts(folder, "toy", ("60", "_"), 4, "lstm", 1, "stream", 64, None, "")
    order = LoadOrder(facts, (), None, 1, on_jack=False)
    start = StartPlaying(SessionSettings(), Wiring(api="auto"))
    first = PlayerHandle(fake_player.serve)
    first.tell(order)
    with Supervisor(first, fake_player.serve, order, start, lambda: IN_FORCE, pause) as performance:
        yield House(folder, performance)
    assert not active_children()


def has(kind):
    return lambda seen: any(isinstance(one, kind) for one in seen)


def test_it_plays_is_asked_and_ends(tmp_path):
    with house(tmp_path) as here:
        assert here.live.ready() == fake_player.READY
        here.attend(has(Sent), ["remember"])
        assert not has(TakenOver)(here.seen)
    assert here.start(0) == StartPlaying(SessionSettings(), Wiring(api="auto"))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("record", "the playing process ended by itself (signal 9)"), ("panic", "the playing process hung")],
)
def test_one_that_dies_or_hangs_in_mid_note_is_followed_by_another(tmp_path, fault, reason):
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Ready), [fault])
    told = [one for one in here.seen if isinstance(one, TakenOver | Released | Ready)]
    taken_over, released, ready = told
    assert taken_over == TakenOver(reason)
    assert isinstance(released, Released)
    assert released.timed == Timed(released.timed.at_s, OFF)
    assert ready == fake_player.READY
    start = here.start(1)
    # A note-off that was sent just before may not have arrived: it is sent again, and not told again.
    doubtful = (NoteOff(72),) if fault == "record" else ()
    assert (start.sounding, start.connections, start.patient) == ((OFF, *doubtful), fake_player.TIES, True)
    assert start.settings == IN_FORCE
    # The same ports on the same system, by the name that they had.
    assert (start.wiring.api, start.wiring.client_name, start.wiring.insist) == ("alsa", "antiphon-2", True)


def test_one_that_says_that_it_broke_is_followed_by_another(tmp_path):
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Ready), ["keep"])
    assert here.seen[0] == TakenOver("it broke")


def test_one_that_hangs_as_it_opens_its_ports_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(sending_process, "_OPENING_FRAMES", 20)
    (tmp_path / "stuck").touch()
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Ready), ["record"])
    reasons = [one.reason for one in here.seen if isinstance(one, TakenOver)]
    assert reasons[1:] == ["the playing process hung as it opened its ports"]
    # What nobody has ended is still owed, and was told once.
    assert OFF in here.start(2).sounding
    assert [one.timed.event for one in here.seen if isinstance(one, Released)] == [OFF]


def test_what_is_asked_while_nobody_plays_is_asked_of_the_next(tmp_path):
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Sent), ["keep", *["remember"] * 3])
        assert [type(one) for one in here.seen if isinstance(one, TakenOver | Ready)] == [TakenOver, Ready]


def test_a_note_that_nobody_heard_is_not_played_to_the_next_process(tmp_path):
    with house(tmp_path) as here:
        here.live.ask(Timed(0.5, NOTE))  # no port is open
        here.live.ready()
        here.attend(has(Received), [Timed(1.0, NOTE)])
        assert here.seen == [Received(Timed(1.0, NOTE))]


def test_what_can_be_read_elsewhere_ends_the_wait_for_a_frame(tmp_path):
    ours, theirs = Pipe(duplex=False)
    read = []

    def tick():
        if ours.poll():
            read.append(ours.recv())

    for number in range(3):
        theirs.send(number)
    with house(tmp_path) as here:
        here.live.ready()
        here.live.attend(here.seen.append, tick, lambda: len(read) == 3, [ours])
    assert read == [0, 1, 2]


def test_a_change_that_a_process_took_along_into_its_death_is_asked_of_the_next(tmp_path):
    change = (SettingChange("answer.bars", 3),)
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Asked), ["record", change])
    told = [one for one in here.seen if isinstance(one, TakenOver | Asked)]
    assert [type(one) for one in told] == [TakenOver, Asked]
    assert told[1].what == change


def test_a_change_that_was_reported_is_not_asked_again(tmp_path):
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(has(Sent), [(SettingChange("answer.bars", 3),), "keep", "remember"])
    assert [type(one) for one in here.seen if isinstance(one, TakenOver | Asked)] == [Asked, TakenOver]


def test_one_that_stood_by_and_died_is_replaced_and_nobody_is_told(tmp_path):
    with house(tmp_path) as here:
        (tmp_path / "hasty").touch()
        here.live.ready()
        here.attend(lambda _: not (tmp_path / "hasty").exists())
        assert here.seen == []
    assert not (tmp_path / "start-1").exists()


def test_more_than_five_deaths_within_a_minute_are_no_accident(tmp_path):
    with house(tmp_path) as here:
        here.live.ready()
        (tmp_path / "short").touch()  # they die before they can end anything
        with pytest.raises(
            Failure, match=r"^the playing process ended 6 times within a minute: .* \(signal 9\)$"
        ):
            here.attend(lambda _: False, ["record"])
    assert all(OFF in here.start(number).sounding for number in range(1, 6))
    assert [one.timed.event for one in here.seen if isinstance(one, Released)] == [OFF]


def test_one_that_dies_as_it_begins_is_followed_by_another_once(tmp_path):
    (tmp_path / "unlucky").touch()
    with house(tmp_path) as here:
        assert here.live.ready() == fake_player.READY
        here.attend(has(Sent), ["remember"])
    assert here.start(0) == StartPlaying(SessionSettings(), Wiring(api="auto"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [("broken", "no MIDI system answers"), ("dead", r"the playing process ended by itself \(signal 9\)")],
)
def test_one_that_cannot_begin_says_why(tmp_path, fault, said):
    (tmp_path / fault).touch()
    with house(tmp_path) as here, pytest.raises(Failure, match=f"^{said}$"):
        here.live.ready()


def test_one_whose_ports_are_lost_opens_them_again_itself(tmp_path):
    with house(tmp_path) as here:
        (process,) = active_children()  # none stands by yet
        here.live.ready()
        here.attend(has(Ready), ["forget"])
        assert process.is_alive()
    assert here.seen[0] == TakenOver("the JACK server is gone")
    start = pickle.loads((tmp_path / "start-again").read_bytes())
    assert (start.sounding, start.patient, start.settings) == ((OFF,), True, IN_FORCE)
    assert not (tmp_path / "start-1").exists()


@pytest.mark.parametrize("api", ["jack", "alsa"])
def test_a_standby_is_loaded_once_the_ports_are_open(tmp_path, api):
    if api == "jack":
        (tmp_path / "jack").touch()
    with house(tmp_path) as here:
        here.live.ready()
        assert len([one for one in active_children() if one.name == "antiphon-player"]) == 2


class Key:
    """A pause key that is pressed once; `seen` is what was told before the process was stopped."""

    def __init__(self, folder):
        self.folder, self.presses, self.seen, self.known = folder, 1, [], []

    def pressed(self):
        return self.presses > 0

    def stop_here(self):
        self.presses -= 1
        self.known = list(self.seen)
        assert not (self.folder / "resumed").exists()


def test_it_is_silent_before_it_stops_and_plays_on_after(tmp_path):
    key = Key(tmp_path)
    with house(tmp_path, key) as here:
        key.seen = here.seen
        here.live.ready()
        here.attend(lambda _: (tmp_path / "resumed").exists())
    assert key.known == [Sent(Timed(3.0, fake_player.NOTE), 0.0)]


def test_another_model_is_loaded_by_each_process_and_answers_again_after_a_death(tmp_path):
    join = Join("other", ModelFacts(tmp_path, "toy", ("60", "_"), 4, "lstm", 1, "stream", 64, None, "abc"))
    chosen = SettingChanged(1.0, "model.name", "other")
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(lambda seen: Asked(1.0, join.change) in seen, [join])
        assert here.live._next.asked == []
        here.live._next.hear(chosen)  # as the session reports it
        here.attend(has(Ready), ["record"])
        assert here.start(1).handover.voice == "other"
        here.attend(lambda _: (tmp_path / "ordered").exists())
    assert (tmp_path / "stood-by").exists()


def test_a_model_that_a_process_took_along_into_its_death_is_asked_of_the_next(tmp_path):
    join = Join("other", ModelFacts(tmp_path, "toy", ("60", "_"), 4, "lstm", 1, "stream", 64, None, "abc"))
    with house(tmp_path) as here:
        here.live.ready()
        here.attend(lambda seen: Asked(1.0, join.change) in seen, ["record", join])
        assert has(TakenOver)(here.seen)
