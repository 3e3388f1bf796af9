"""What nodes print becomes events, thread by thread, and still reaches the terminal."""

from __future__ import annotations

import io
import sys
import threading
from contextlib import redirect_stdout

import pytest

from tests.engine.kinds import draw
from virgil_nb.engine import Document, Engine, Event, Node, NodeError, NodeFailed, NodeFinished, NodePrinted, Registry, node
from virgil_nb.engine.runs.printing import FREE, LONGEST, MOST, Divided

WAIT = 120  # seconds that nothing here should ever need


def printing(text: str, registry: Registry) -> Document:
    """A document whose one node runs this text as Python."""

    @node(registry=registry, cache=False, output=True)
    def speak(code: str = "") -> None:
        exec(code, {"__name__": "speak"})

    return Document.of(Node("S", "speak", {"code": text}))


def spoken(text: str, echo: bool = True) -> list[NodePrinted]:
    registry = Registry()
    document = printing(text, registry)
    engine = Engine(registry)
    run = engine.submit(document, echo=echo)
    run.result(WAIT)
    engine.close()
    return [event for event in run.events() if isinstance(event, NodePrinted)]


def test_lines_are_told_with_their_node_and_stream_and_reach_the_terminal_too(capsys: pytest.CaptureFixture[str]) -> None:
    events = spoken("import sys\nprint('one')\nprint('two', 'words')\nprint('alas', file=sys.stderr)")
    assert [(event.node, event.text, event.stream) for event in events] == [
        ("S", "one", "stdout"),
        ("S", "two words", "stdout"),
        ("S", "alas", "stderr"),
    ]
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("one\ntwo words\n", "alas\n")


def test_without_echo_the_text_is_only_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert [event.text for event in spoken("print('one')", echo=False)] == ["one"]
    assert capsys.readouterr().out == ""


def test_a_line_without_an_end_is_told_when_the_node_is_over_before_it_is_finished() -> None:
    registry = Registry()
    document = printing("print('half', end='')", registry)
    engine = Engine(registry)
    run = engine.submit(document)
    run.result(WAIT)
    kinds = [type(event) for event in run.events()]
    assert kinds.index(NodePrinted) < kinds.index(NodeFinished)
    run = engine.submit(printing("print('before'); print('half', end=''); raise ValueError('no')", registry))
    with pytest.raises(NodeError):
        run.result(WAIT)
    told = [event for event in run.events() if isinstance(event, (NodePrinted, NodeFailed))]
    assert [getattr(event, "text", "failed") for event in told] == ["before", "half", "failed"]
    engine.close()


def test_a_progress_bar_is_told_as_it_looks_in_the_end() -> None:
    assert [event.text for event in spoken("for n in range(5): print(f'\\r{n} of 4', end='')\nprint()")] == ["4 of 4"]


def test_what_other_threads_print_meanwhile_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    registry = Registry()
    at_work, go_on = threading.Event(), threading.Event()

    @node(registry=registry, output=True)
    def wait(x: int = 0) -> None:
        print("mine")
        at_work.set()
        assert go_on.wait(WAIT)
        own = threading.Thread(target=print, args=("its own thread's",))
        own.start()
        own.join()

    engine = Engine(registry)
    run = engine.submit(Document.of(Node("W", "wait")), echo=False)
    assert at_work.wait(WAIT)
    print("the notebook's")
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        print("redirected")
    go_on.set()
    run.result(WAIT)
    engine.close()
    assert [event.text for event in run.events() if isinstance(event, NodePrinted)] == ["mine"]
    assert buffer.getvalue() == "redirected\n"
    assert capsys.readouterr().out == "the notebook's\nits own thread's\n"


def test_two_engines_at_once_hear_each_its_own_nodes() -> None:
    both = threading.Barrier(2)
    runs = []
    for name in ("one", "two"):
        registry = Registry()

        @node(registry=registry, output=True)
        def say(word: str = "") -> None:
            both.wait(WAIT)
            print(word)
            both.wait(WAIT)

        runs.append(Engine(registry).submit(Document.of(Node("S", "say", {"word": name})), echo=False))
    for run in runs:
        run.result(WAIT)
    assert [[event.text for event in run.events() if isinstance(event, NodePrinted)] for run in runs] == [["one"], ["two"]]


def test_the_streams_are_the_old_ones_after_a_run_also_where_someone_changed_them_in_it() -> None:
    before = sys.stdout, sys.stderr
    spoken("print('x')")
    assert (sys.stdout, sys.stderr) == before
    own = io.StringIO()
    spoken("import sys, io\nsys.stdout = io.StringIO()")
    assert isinstance(sys.stdout, io.StringIO)
    sys.stdout = own
    spoken("print('again')")
    assert sys.stdout is own and own.getvalue() == "again\n"
    sys.stdout = before[0]


def test_while_a_node_runs_the_stream_can_all_that_the_real_one_can() -> None:
    events = spoken(
        "import sys\nassert type(sys.stdout).__name__ == 'Divided'\nsys.stdout.flush()\nsys.stdout.writelines(['a\\n', 'b\\n'])\n"
        "assert sys.stdout.encoding and sys.stdout.isatty() is False and sys.stdout.writable()\n"
        "assert sys.stdout.write('four') == 4\n"
        "try: sys.stdout.write(4)\nexcept TypeError: print('!')\n"
    )
    assert [event.text for event in events] == ["a", "b", "four!"]
    assert type(sys.stdout) is not Divided


def test_a_listener_that_prints_is_not_taken_for_the_node(capsys: pytest.CaptureFixture[str]) -> None:
    registry = Registry()
    engine = Engine(registry)
    document = printing("print('mine')", registry)

    def listen(event: Event) -> None:
        print(f"heard {type(event).__name__}")

    run = engine.submit(document, listeners=[listen])
    run.result(WAIT)
    engine.close()
    assert [event.text for event in run.events() if isinstance(event, NodePrinted)] == ["mine"]
    assert capsys.readouterr().out.count("heard NodePrinted") == 1


def test_gathered_lines_are_never_told_in_halves() -> None:
    lines = [line for event in spoken("for n in range(9000): print('line', n, '.' * 50)", echo=False) for line in event.text.split("\n")]
    assert lines == [f"line {n} " + "." * 50 for n in range(9000)]


def test_a_node_that_prints_without_end_is_told_in_part_and_says_so() -> None:
    events = spoken("for n in range(45_000): print(n, 'x' * 20)", echo=False)
    assert len(events) < 4 * FREE
    assert events[0].text == "0 " + "x" * 20
    assert sum(len(event.text) for event in events) <= MOST + 100
    assert "more lines, which are not kept" in events[-1].text


def test_a_line_without_end_does_not_wait_for_ever() -> None:
    events = spoken(f"print('x' * {3 * LONGEST}, end='')\nprint('y')", echo=False)
    assert "".join(event.text for event in events) == "x" * (3 * LONGEST) + "y"
    assert len(events) == 2


def test_a_node_from_the_cache_prints_nothing(engine: Engine) -> None:
    document = draw("A:number -> C:show.x")
    engine.submit(document).result()
    run = engine.submit(document)
    run.result()
    assert not [event for event in run.events() if isinstance(event, NodePrinted)]
