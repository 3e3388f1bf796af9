"""The journal: what it keeps of a run, reading it in pages, and a file that is full, broken, newer or somebody else's."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.kinds import REGISTRY, chain, draw
from tests.engine.test_worker import WAIT
from virgil_nb.engine import Document, Engine, Node, NodeError, ObjectRef, Run, RunInfo, RunResult, SetValue, VirgilError
from virgil_nb.engine.history import journal as journal_module
from virgil_nb.engine.history import journal_file
from virgil_nb.engine.history.journal import Journal
from virgil_nb.engine.history.journal_file import open_file
from virgil_nb.engine.history.journal_rows import put_together, record_of, take_apart
from virgil_nb.engine.history.journal_runs import JournalRuns
from virgil_nb.engine.history.past import History, MemoryHistory, RunDetails

WORKFLOW = draw("A:number(value=4) -> B:add(step=3).x -> C:show.x")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "history.sqlite3"


def pictures(result: RunResult) -> list[bytes]:
    return [f"{node} {(result.ui(node) or {}).get('shown')}".encode() for node in result.output_nodes]


def engine_at(path: Path, **options: Any) -> tuple[Engine, Journal]:
    journal = Journal(path, thumbnails=pictures, **options)
    return Engine(REGISTRY, history=journal), journal


def run(engine: Engine, document: Document = WORKFLOW, **options: Any) -> Run:
    made = engine.submit(document, **options)
    made.wait(WAIT)
    return made


def fill(path: Path, count: int, first: int = 0) -> None:
    """Runs 0, 1, … of one workflow; every hundredth is of "a rare owl"."""
    parts = take_apart(WORKFLOW)
    records = []
    for number in range(first, first + count):
        info = RunInfo(f"run {number}", "a rare owl" if number % 100 == 0 else "a fox", "done", float(number), 0.5, 1, 2, "")
        records.append(record_of(info, WORKFLOW, parts, RunDetails(("A",), ("B", "C"), {"A": 0.5}), [b"picture"]))
    path.parent.mkdir(exist_ok=True)
    with closing(open_file(path)) as file:
        JournalRuns(file).write(records, 1_000_000, 1 << 40)


def test_the_next_kernel_reads_a_run_with_its_workflow_values_timings_and_pictures(path: Path) -> None:
    engine, _ = engine_at(path)
    first = run(engine, label="first")
    edited = SetValue("B", "step", 5).apply(WORKFLOW)
    second = run(engine, edited, label="second")
    engine.close()
    del engine

    journal = Journal(path)  # as another process would
    newest, oldest = journal.page().runs
    assert (newest.id, newest.label, newest.state, newest.executed, newest.cached) == (second.id, "second", "done", 2, 1)
    assert oldest == first.info()._replace(number=oldest.number, thumbnails=1)
    assert oldest.submitted <= oldest.started <= oldest.finished  # type: ignore[operator]
    assert journal.document(second.id) == edited and journal.document(first.id) == WORKFLOW
    details = journal.details(second.id)
    assert details.executed == ("B", "C") and details.cached == ("A",) and set(details.seconds) == {"B", "C"}
    assert details.values == {"A": {"value": 4}, "B": {"step": 5}}
    assert journal.thumbnails(first.id) == (b"C [7]",) and journal.thumbnails(second.id) == (b"C [9]",)
    assert len(journal) == 2 and journal.find(first.id) == oldest and journal.trouble == ""
    assert journal.recent() == []


def test_a_failed_and_a_cancelled_run_are_kept_with_what_went_wrong(path: Path) -> None:
    engine, journal = engine_at(path)
    document = draw("A:number -> B:fails.x")
    with pytest.raises(NodeError):
        run(engine, document, outputs=["B"]).result(WAIT)
    info = journal.page(1).runs[0]
    assert (info.state, info.node, info.error) == ("failed", "B", "fails (node B) failed: ValueError: no 1")
    assert journal.details(info.id).executed == ("A",)


def test_a_run_can_be_read_as_soon_as_it_is_over(path: Path) -> None:
    engine, journal = engine_at(path)
    for count in range(1, 20):
        done = run(engine)
        assert journal.page(1).runs[0].id == done.id and len(journal) == count


def test_nothing_is_written_before_a_run_is_over_nor_by_reading(path: Path) -> None:
    journal = Journal(path)
    assert journal.page() == MemoryHistory().page() and len(journal) == 0 and journal.find("x") is None
    with pytest.raises(KeyError, match="has no run 'x'"):
        journal.document("x")
    assert not path.parent.exists()


texts = st.text(max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3) | st.builds(ObjectRef, texts, texts),
    max_leaves=6,
)


@given(several=st.lists(st.dictionaries(texts, values, max_size=3), max_size=4), name=texts)
def test_a_workflow_is_read_as_it_was(several: list[dict[str, Any]], name: str) -> None:
    document = Document.of(*(Node(f"n{index}", "number", given) for index, given in enumerate(several)), name=name)
    parts = take_apart(document)
    assert put_together(parts.shape, parts.values) == document


def test_many_runs_of_one_workflow_with_other_values_keep_its_shape_once(path: Path) -> None:
    big = chain(300)
    engine, journal = engine_at(path)
    for seed in range(50):
        run(engine, SetValue("0", "value", seed).apply(big), outputs=["1"])
    journal.flush()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM shapes").fetchone() == (1,)
        (of_one_run,) = file.execute("SELECT max(length(vals) + length(nodes)) FROM details").fetchone()
    assert of_one_run < 2500
    assert [journal.details(info.id).values["0"]["value"] for info in journal.page(50).runs] == list(reversed(range(50)))


def opcodes(path: Path, ask: str, **options: Any) -> tuple[int, list[str]]:
    """How many steps SQLite's machine takes for a question, and the ids that come back."""
    with closing(open_file(path)) as file:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        file.set_progress_handler(step, 1)
        page = getattr(JournalRuns(file), ask)(**options)
        file.set_progress_handler(None, 1)
    return count, [info.id for info in page.runs]


def test_a_page_of_10000_runs_costs_what_a_page_of_100_does(tmp_path: Path) -> None:
    small, large = tmp_path / "small" / "history.sqlite3", tmp_path / "large" / "history.sqlite3"
    fill(small, 100)
    fill(large, 10_000)
    few, _ = opcodes(small, "page", limit=20)
    many, ids = opcodes(large, "page", limit=20)
    assert ids == [f"run {number}" for number in range(9999, 9979, -1)]
    deep, ids = opcodes(large, "page", limit=20, before=5001)
    assert ids == [f"run {number}" for number in range(4999, 4979, -1)]
    found, ids = opcodes(large, "page", limit=3, search="OWL rare")
    assert ids == ["run 9900", "run 9800", "run 9700"]
    assert many <= few + 20 and deep <= few + 20
    assert found < 310 * 60  # it looks at the newest 310 rows, and at none of the other 9,690


def test_all_pages_together_give_every_run_once_newest_first_also_while_more_are_added(path: Path) -> None:
    fill(path, 250)
    journal = Journal(path)
    seen: list[str] = []
    before: int | None = None
    while True:
        page = journal.page(60, before)
        seen += [info.id for info in page.runs]
        before = page.before
        fill(path, 10, 250 + len(seen))
        if before is None:
            break
    assert seen == [f"run {number}" for number in range(249, -1, -1)]
    assert [info.id for info in journal.page(2, skip=10 * 5).runs] == ["run 249", "run 248"]


@pytest.fixture(params=["memory", "file"])
def history(request: pytest.FixtureRequest, path: Path) -> History:
    return MemoryHistory() if request.param == "memory" else Journal(path)


def prompt(text: str) -> Document:
    return draw(f"A:word(text={text!r})")


def test_memory_and_file_answer_alike(history: History) -> None:
    engine = Engine(REGISTRY, history=history)
    for text in ("a red FOX", "an owl\ud800", "ein Fuß", "a fox in the snow"):
        run(engine, prompt(text), outputs=["A"], label=f"about {text[-3:]}", run_id=text[:6])
    names = [info.id for info in history.page(2).runs]
    assert names == ["a fox ", "ein Fu"] and len(history) == 4
    assert [info.id for info in history.page(2, history.page(2).before).runs] == ["an owl", "a red "]
    assert [info.id for info in history.page(search="fox").runs] == ["a fox ", "a red "]
    assert [info.id for info in history.page(search="SNOW fox").runs] == ["a fox "] and history.page(search="cat").runs == ()
    assert [info.id for info in history.page(search="FUSS").runs] == ["ein Fu"]
    assert [info.id for info in history.page(search="fox", skip=1).runs] == ["a red "]
    assert history.document("ein Fu") == prompt("ein Fuß")
    assert history.details("ein Fu").values == {"A": {"text": "ein Fuß"}}
    assert history.forget(["ein Fu", "ein Fu", "unknown"]) == 1 and history.find("ein Fu") is None
    for read in (history.document, history.details, history.thumbnails):
        with pytest.raises(KeyError, match="has no run 'ein Fu'"):
            read("ein Fu")
    for wrong in ({"limit": 0}, {"skip": -1}):
        with pytest.raises(ValueError, match="must be"):
            history.page(**wrong)
    assert history.forget() == 3 and len(history) == 0 and history.page().runs == ()


def test_an_id_of_an_earlier_kernel_is_refused(path: Path) -> None:
    engine, _ = engine_at(path)
    run(engine, run_id="mine")
    engine.close()
    later, _ = engine_at(path)
    with pytest.raises(VirgilError, match="'mine' is in the history already"):
        run(later, run_id="mine")


# --- limits


def test_beyond_the_most_runs_the_oldest_go_with_all_that_is_theirs(path: Path) -> None:
    engine, journal = engine_at(path, most_runs=5)
    for number in range(9):
        run(engine, prompt(str(number)), outputs=["A"], run_id=str(number))
        run(engine, draw("A:number -> B:show.x"), run_id=f"other {number}") if number < 2 else None
    assert [info.id for info in journal.page().runs] == ["8", "7", "6", "5", "4"]
    with closing(sqlite3.connect(path)) as file:
        counts = [file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("runs", "details", "shapes", "pictures")]
    assert counts == [5, 5, 1, 5]


def test_the_file_stays_within_its_bytes(path: Path) -> None:
    most = 400_000
    journal = Journal(path, thumbnails=lambda _: [random.Random(0).randbytes(20_000)], most_bytes=most)
    engine = Engine(REGISTRY, history=journal)
    for number in range(60):
        run(engine, prompt(str(number)), outputs=["A"], run_id=str(number))
        journal.flush()
    kept = [info.id for info in journal.page(100).runs]
    assert kept == [str(number) for number in range(59, 59 - len(kept), -1)] and 10 < len(kept) < 20
    journal._thread.join(WAIT) if journal._thread else None  # it closes the file when it was idle for a while
    assert path.stat().st_size <= most * 1.1


def test_pictures_that_are_too_large_or_too_many_are_left_out_and_a_hook_that_raises_costs_the_pictures_only(path: Path) -> None:
    given: list[Any] = [[b"x" * (1 << 20), b"small"], [b"y"] * 50, ValueError("no")]

    def thumbnails(_: RunResult) -> list[bytes]:
        found = given.pop(0)
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    journal = Journal(path, thumbnails=thumbnails)
    engine = Engine(REGISTRY, history=journal)
    ids = [run(engine).id for _ in range(3)]
    assert journal.thumbnails(ids[0]) == (b"small",)
    assert len(journal.thumbnails(ids[1])) == 8 and journal.thumbnails(ids[2]) == ()
    assert [info.thumbnails for info in journal.page().runs] == [0, 8, 1]


def test_a_result_is_let_go_when_it_is_written(path: Path) -> None:
    import gc
    import weakref

    engine, journal = engine_at(path)
    done = run(engine)
    journal.flush()
    result = weakref.ref(done.partial_result)  # type: ignore[arg-type]
    del done
    gc.collect()
    assert result() is None


# --- files that can't be used


def broken_at_once(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 300)


def cut_short(path: Path) -> None:
    fill(path, 2000)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def overwritten(path: Path) -> None:
    fill(path, 2000)
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(4096, size, 4096):
            file.seek(place)
            file.write(random.Random(place).randbytes(2000))


@pytest.mark.parametrize("damage", [broken_at_once, cut_short, overwritten])
@pytest.mark.parametrize("reads_first", [True, False])
def test_a_damaged_file_is_set_aside_with_a_warning_and_a_new_one_begun(
    path: Path, damage: Any, reads_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    damage(path)
    before = path.read_bytes()
    engine, journal = engine_at(path)
    if reads_first:
        journal.page(20)
        journal.details("run 5") if journal.find("run 5") else None
    done = [run(engine) for _ in range(3)]
    assert [info.id for info in journal.page(3).runs] == [one.id for one in reversed(done)]
    assert journal.document(done[0].id) == WORKFLOW
    (aside,) = path.parent.glob("*.broken-?")
    assert aside.read_bytes()[: len(before) // 4] == before[: len(before) // 4]
    assert f"set aside as {aside.name}" in journal.trouble and "set aside" in caplog.text
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    later, again = engine_at(path)
    assert len(again) == 3 and again.trouble == "" and run(later).state == "done"


def test_a_file_of_a_newer_version_is_left_as_it_is_and_runs_are_kept_in_memory(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(path, 3)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    engine, journal = engine_at(path)
    done = run(engine)
    assert [info.id for info in journal.page().runs] == [done.id] and journal.document(done.id) == WORKFLOW
    assert "has version 99" in journal.trouble and "install a newer virgil_nb" in caplog.text
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE runs (mine TEXT)")
    before = path.read_bytes()
    engine, journal = engine_at(path)
    assert run(engine).state == "done" and len(journal) == 1
    assert "something else" in journal.trouble and path.read_bytes() == before


def test_a_folder_that_cant_be_written_costs_the_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    engine, journal = engine_at(tmp_path / "home" / "history.sqlite3")
    done = run(engine)
    assert journal.page().runs[0].id == done.id and "in memory only" in journal.trouble
    (tmp_path / "home").unlink()
    later = run(engine)
    assert journal.find(later.id) is not None and journal.trouble == "" and (tmp_path / "home" / "history.sqlite3").exists()


def test_a_file_that_is_deleted_while_the_kernel_lives_is_begun_anew(path: Path) -> None:
    engine, journal = engine_at(path)
    run(engine)
    journal.flush()
    shutil.rmtree(path.parent)
    done = run(engine)
    journal.flush()
    assert [info.id for info in Journal(path).page().runs] == [done.id]


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next version of this package: its history has one more column."""
    step = ("ALTER TABLE runs ADD COLUMN stars INTEGER NOT NULL DEFAULT 0", "UPDATE runs SET stars = 5 WHERE label LIKE '%owl%'")
    monkeypatch.setattr(journal_file, "MIGRATIONS", [*journal_file.MIGRATIONS, step])
    yield


@pytest.mark.usefixtures("newer")
def test_a_file_of_an_older_version_is_brought_up_to_date_with_all_its_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(journal_file, "MIGRATIONS", journal_file.MIGRATIONS[:1])
        fill(path, 150)
    engine, journal = engine_at(path)
    run(engine)
    assert len(journal) == 151 and journal.document("run 7") == WORKFLOW
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT sum(stars) FROM runs").fetchone() == (10,)
        assert file.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_writer_waits_for_another_and_gives_up_with_a_warning_when_that_never_ends(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, 1)
    monkeypatch.setattr(journal_file, "BUSY_SECONDS", 0.05)
    engine, journal = engine_at(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        lost = run(engine)
        assert journal.flush(WAIT)
        assert "1 runs were left out" in journal.trouble and journal.find(lost.id) is None
        other.execute("ROLLBACK")
    kept = run(engine)
    assert journal.find(kept.id) is not None and journal.trouble == ""


def test_the_module_is_not_imported_with_the_engine() -> None:
    import subprocess
    import sys

    code = "import sys, virgil_nb, virgil_nb.engine; sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert journal_module.MOST_RUNS == 10_000
