"""Models that join while the music goes on: loaded by a thread beside it, then handed to the session."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock, Thread

from antiphon import trained_model
from antiphon.errors import Failure
from antiphon.perform.answer.programs import Voice
from antiphon.perform.reports import Joined
from antiphon.stage.engine import Engine
from antiphon.stage.machine.log import LOG
from antiphon.stage.machine.priority import raise_priority
from antiphon.stage.process.messages import Join, LoadOrder
from antiphon.stage.voice import make_voices, touch
from antiphon.trained_model import TrainedModel


class JoinedModels:
    """Loads what `order` names as joined; `models` are all others, which were there from the beginning."""

    def __init__(self, models: Sequence[TrainedModel], order: LoadOrder) -> None:
        self._models, self._order = tuple(models), order
        self._joined: list[tuple[TrainedModel, Joined]] = []
        self._engine: Engine | None = None
        self._lock = Lock()
        for join in order.joined:
            self._take_in(join)

    def voices(self) -> list[tuple[Voice, Joined]]:
        """Of all models that joined, for a session that begins."""
        with self._lock:
            return [self._voice(*one) for one in self._joined]

    def serve(self, engine: Engine | None) -> None:
        """From now on models join the session of this engine, with those that came since it was made."""
        with self._lock:
            self._engine = engine
            if engine is not None:
                for one in self._joined:
                    engine.join(*self._voice(*one))

    def join(self, join: Join) -> None:
        """Load a model and let it answer; where there is music, this returns at once."""
        if self._engine is None:
            self._take_in(join)
        else:
            Thread(target=self._take_in_beside, args=(join,), name="joining", daemon=True).start()

    def _take_in_beside(self, join: Join) -> None:
        """A thread of ordinary priority that holds the interpreter's lock would be kept from a busy core, and
        the notes with it: so this one is raised, too."""
        raise_priority()
        self._take_in(join)

    def _take_in(self, join: Join) -> None:
        try:
            model = trained_model.load(join.model)
        except Failure as failure:  # it was well when it was asked for
            LOG.error("%s cannot join: %s", join.name, failure.message)
            return
        touch(model.model(self._order.context))
        voice = self._voice(model, join.told)
        with self._lock:
            self._joined.append((model, join.told))
            if self._engine is not None:
                self._engine.join(*voice)
                self._engine.ask(join.change)

    def _voice(self, model: TrainedModel, told: Joined) -> tuple[Voice, Joined]:
        order, models = self._order, [*self._models, model]
        *_, voice = make_voices(models, order.context, order.remembered, order.chords)
        return replace(voice, name=told.name), told
