"""Runs that views ask for: started in the background, stopped at once, previews acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from virgil_nb.widget.messages.to_kernel import Ack, Run, Stop
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.previews import Previews
from virgil_nb.widget.subject import Answer, Subject


class RunRequests(Subject):
    """start: called on a background thread with the output ids that a view wants to run (None: all). stop: cancels the runs, at once."""

    def __init__(self, start: Callable[[list[str] | None], object], stop: Callable[[], None], previews: Previews) -> None:
        self._start = start
        self._stop = stop
        self._previews = previews
        self._stops = 0
        self.starter = Pacer("virgil-start")

    def answers(self) -> Mapping[str, Answer]:
        return {"run": self._run, "stop": self._end, "ack": self._acknowledge}

    def close(self) -> None:
        self.starter.close()

    def run(self, outputs: list[str] | None = None) -> None:
        """Starts a run soon, unless `stop` comes first."""
        asked = self._stops

        def start() -> None:
            if asked == self._stops:  # else Stop was pressed before the run could start
                self._start(outputs)

        self.starter.ask(object(), start)

    def stop(self) -> None:
        """Ends what runs, what waits, and what has not started yet."""
        self._stops += 1
        self._stop()

    def _run(self, message: Run) -> None:
        self.run(message.get("outputs"))

    def _end(self, _message: Stop) -> None:
        self.stop()

    def _acknowledge(self, message: Ack) -> None:
        self._previews.acknowledge(message["node"], message["frame"])
