"""The disk tier: what is stored outlives the process that made it; what is not whole, not ours or not safe is never served."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.engine import Cache, DiskTier, Items
from virgil_nb.engine.caching import disk_format, disk_room
from virgil_nb.engine.caching.cache import Entry, EntryLost, StoredEntry
from virgil_nb.engine.caching.disk_files import file_name
from virgil_nb.engine.caching.disk_room import MOST_FILES, why_not_worth

KEY, OTHER = bytes(range(16)), bytes(range(16, 32))
BUDGET = 1 << 26


def entry(content: Any = b"outputs", seconds: float = 10.0, ui: dict[str, Any] | None = None, notes: Any = ()) -> Entry:
    return Entry((content,), ui, notes, seconds)


def opened(folder: Path, **more: Any) -> Cache:
    return Cache(BUDGET, disk=DiskTier(folder), **more)


def stored(folder: Path, *results: tuple[bytes, Entry]) -> Path:
    """The folder, with these results in it, written by a cache that is gone."""
    cache = opened(folder)
    for key, result in results:
        cache.put(key, result)
    assert cache.flush(60) and all(cache.is_stored(key) for key, _ in results), cache.why_not_stored(results[0][0])
    return folder


def file_of(folder: Path, key: bytes = KEY) -> Path:
    return folder / file_name(key, False)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_result_comes_back_in_another_cache(tmp_path: Path) -> None:
    notes = (("warning", "no such word"),)
    result = Entry((1, "two", [b"3" * 5000, {"four": (None, Items((1.5, 2)))}]), {"images": ["a", b"b" * 9999]}, notes, 2.5)
    cache = opened(stored(tmp_path / "cache", (KEY, result)))
    assert KEY in cache and KEY in cache.noted and OTHER not in cache and list(cache.keys()) == [KEY]
    found = cache.get(KEY)
    assert found is not None
    assert (found.outputs, found.ui, found.notes, found.seconds) == (result.outputs, result.ui, notes, 2.5)
    assert type(found.outputs[2][1]["four"][1]) is Items
    assert cache.get(KEY) is found and cache.nbytes == found.nbytes >= result.nbytes * 0.9


def test_files_are_safetensors_that_hold_no_code(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors")
    folder = stored(tmp_path, (KEY, entry([b"x" * 3000, "y" * 5000], ui={"text": "z" * 5000})))
    assert names(folder) == [f"{KEY.hex()}.safetensors"]
    with safetensors.safe_open(file_of(folder), framework="np") as file:
        assert set(file.keys()) == {"ui.0", "outputs.0", "outputs.1"}
        assert file.get_tensor("outputs.0").tobytes() == b"x" * 3000
        assert json.loads(file.metadata()["outputs"])[0] == "tuple"


def test_what_a_result_shows_is_read_apart_from_its_outputs(tmp_path: Path) -> None:
    cache = opened(stored(tmp_path, (KEY, entry(b"o" * 100_000, ui={"images": ["shown"]}))))
    found = cache.get(KEY, lazy=True)
    assert isinstance(found, StoredEntry) and found.ui == {"images": ["shown"]}
    assert cache.nbytes == found.nbytes < 5000
    assert found.outputs == (b"o" * 100_000,)
    assert cache.nbytes == found.nbytes > 100_000
    assert cache.peek(KEY) is found


def test_outputs_that_vanish_before_they_are_read_are_an_error_that_says_so(tmp_path: Path) -> None:
    folder = stored(tmp_path, (KEY, entry(ui={})))
    cache = opened(folder)
    found = cache.get(KEY, lazy=True) if KEY in cache else None
    file_of(folder).unlink()
    assert found is not None and found.ui == {}
    with pytest.raises(EntryLost, match="not there any more"):
        _ = found.outputs
    assert cache.get(KEY) is None and KEY not in cache


def test_reading_back_never_goes_over_the_budget(tmp_path: Path) -> None:
    keys = [bytes([number]) * 16 for number in range(6)]
    stored(tmp_path, *((key, entry(bytes(100_000), ui={"n": 1})) for key in keys))
    cache = Cache(250_000, disk=DiskTier(tmp_path))
    entries = [cache.get(key, lazy=True) for key in keys if key in cache]
    assert len(entries) == 6 and cache.nbytes < 50_000
    for found in entries:
        assert found is not None and found.outputs == (bytes(100_000),)
        assert cache.nbytes <= 250_000
    assert 1 <= len(cache) <= 5 and all(cache.get(key) is not None for key in keys)
    assert Cache(50_000, disk=DiskTier(tmp_path)).keys() and cache.nbytes <= 250_000
    small = Cache(50_000, disk=DiskTier(tmp_path))
    assert keys[0] in small and small.get(keys[0]) is None


step = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 5), st.integers(0, 50_000)),
    st.tuples(st.just("get"), st.integers(0, 5), st.booleans()),
    st.tuples(st.sampled_from(["release", "look", "remove", "flush"]), st.integers(0, 5), st.none()),
    st.tuples(st.sampled_from(["free", "budget"]), st.integers(0, 120_000), st.none()),
)


@given(st.lists(step, max_size=25), st.integers(0, 100_000), st.sampled_from(["budget", "needed"]))
@settings(max_examples=40, deadline=None)
def test_with_a_disk_tier_the_budget_holds_too_and_what_is_served_is_right(steps: list[Any], budget: int, policy: Any) -> None:
    sizes: dict[int, int] = {}  # a key stands for one content
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(budget, policy=policy, disk=DiskTier(folder))
        held: list[tuple[int, Entry]] = []
        for action, number, more in steps:
            key = bytes([number % 6]) * 16
            if action == "put":
                size = sizes.setdefault(number, more)
                cache.put(key, entry(bytes([number]) * size, ui={"number": number}))
            elif action == "get":
                found = cache.get(key, lazy=more)
                held += [(number, found)] if found is not None else []
            elif action == "look" and held:
                number, found = held[number % len(held)]
                with contextlib.suppress(EntryLost):
                    assert found.outputs == (bytes([number]) * sizes[number],) and found.ui == {"number": number}
            elif action == "remove":
                file_of(Path(folder), key).unlink(missing_ok=True)
            elif action == "flush":
                assert cache.flush(60)
            elif action == "release":
                cache.release(key)
            elif action == "free":
                cache.free(number)
            elif action == "budget":
                assert cache.flush(60)  # what is being written stays until it is
                cache.budget = number
            assert cache.nbytes <= cache.budget
        assert cache.close(60)
        assert cache.nbytes == sum(found.nbytes for found in cache._entries.values()) <= cache.budget


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        (Entry((1,), seconds=0.01), False),
        (Entry((1,), seconds=0.06), True),
        (Entry((bytes(20_000_000),), seconds=0.06), False),
        (Entry((bytes(20_000_000),), seconds=0.3), True),
        (Entry((1,), {"images": []}, seconds=0.0), True),
        (Entry((1,), None, (("info", "read this"),), 0.0), True),
    ],
)
def test_what_is_made_again_as_fast_as_it_is_read_gets_no_file(tmp_path: Path, result: Entry, kept: bool) -> None:
    cache = opened(tmp_path)
    cache.put(KEY, result)
    cache.flush(60)
    assert cache.is_stored(KEY) is kept is (not why_not_worth(result))
    assert kept or "made again in" in cache.why_not_stored(KEY)


def test_a_result_with_a_value_that_has_no_codec_is_not_stored_and_the_reason_is_told(tmp_path: Path) -> None:
    told: list[bytes] = []
    cache = opened(tmp_path / "cache", on_stored=told.append)
    cache.put(KEY, entry({"model": object()}))
    cache.put(OTHER, entry())
    assert cache.flush(60)
    assert not cache.is_stored(KEY) and cache.why_not_stored(KEY) == "a object has no codec"
    assert cache.is_stored(OTHER) and cache.why_not_stored(OTHER) == "" and told == [OTHER]
    assert len(names(tmp_path / "cache")) == 1


def test_nothing_is_touched_before_something_is_stored(tmp_path: Path) -> None:
    cache = opened(tmp_path / "cache")
    assert not cache.keys() and cache.get(KEY) is None and not cache.is_stored(KEY)
    cache.put(KEY, Entry((1,), seconds=0.0))
    assert cache.flush(10) and not (tmp_path / "cache").exists()


def test_a_cache_sees_what_another_one_stores_and_bears_that_it_is_taken_away(tmp_path: Path) -> None:
    mine, theirs = opened(tmp_path), opened(tmp_path)
    here = mine.keys()
    assert KEY not in here
    theirs.put(KEY, entry(b"theirs"))
    assert theirs.flush(60)
    until = time.monotonic() + 30
    while KEY not in here and time.monotonic() < until:
        mine.keys()  # as each run does; it looks at the folder now and then
    assert KEY in here
    file_of(tmp_path).unlink()
    assert mine.get(KEY) is None and KEY not in here
    assert theirs.get(KEY) is not None


def damaged(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("lazy", [False, True])
def test_a_file_that_is_not_whole_is_taken_away_and_counts_as_absent(tmp_path: Path, lazy: bool) -> None:
    folder = stored(tmp_path, (KEY, entry(b"o" * 3000, ui={"text": "u" * 3000})))
    whole = file_of(folder).read_bytes()
    head = len(whole) - 6000
    broken = [b"", b"\0" * len(whole), b"\xff" * 40, whole + b"x", whole[:-1], whole[:8], whole[: head // 2]]
    broken += [whole[:cut] for cut in range(9, len(whole), 700)]
    broken += [damaged(whole, at) for at in [*range(0, 200, 9), *range(200, head, 150), head, head + 2999]]
    broken += [damaged(whole, at) for at in (head + 3000, len(whole) - 1) if not lazy]
    for content in broken:
        file_of(folder).write_bytes(content)
        cache = opened(folder)
        assert KEY in cache
        assert cache.get(KEY, lazy=lazy) is None and KEY not in cache and names(folder) == [], len(content)
    file_of(folder).write_bytes(damaged(whole, len(whole) - 1))
    cache = opened(folder)
    found = cache.get(KEY, lazy=True) if KEY in cache else None
    assert found is not None and found.ui == {"text": "u" * 3000}
    with pytest.raises(EntryLost):
        _ = found.outputs
    assert names(folder) == []


def test_a_file_under_another_name_is_not_served(tmp_path: Path) -> None:
    folder = stored(tmp_path, (KEY, entry()))
    file_of(folder).rename(file_of(folder, OTHER))
    cache = opened(folder)
    assert OTHER in cache and cache.get(OTHER) is None and KEY not in cache


def test_a_file_of_another_version_is_let_be_and_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stored(tmp_path, (KEY, entry(b"old")))
    monkeypatch.setattr(disk_format, "VERSION", disk_format.VERSION + 1)
    cache = opened(folder)
    assert KEY in cache and cache.get(KEY) is None and KEY not in cache
    assert len(names(folder)) == 1
    cache.put(KEY, entry(b"new"))
    assert cache.flush(60) and cache.is_stored(KEY)
    again = opened(folder)
    found = again.get(KEY) if KEY in again else None
    assert found is not None and found.outputs == (b"new",)


def test_a_file_whose_type_nobody_knows_here_is_let_be_and_not_served(tmp_path: Path) -> None:
    code = """
import sys
from virgil_nb.engine import Cache, DiskTier, register_value
from virgil_nb.engine.caching.cache import Entry
class Mine: pass
register_value(Mine, encode=lambda mine: {}, decode=lambda parts: Mine())
cache = Cache(1 << 20, disk=DiskTier(sys.argv[1]))
cache.put(bytes(range(16)), Entry((Mine(),), {"text": "shown"}, seconds=5))
assert cache.close(60) and cache.is_stored(bytes(range(16)))
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    cache = opened(tmp_path)
    found = cache.get(KEY, lazy=True) if KEY in cache else None
    assert found is not None and found.ui == {"text": "shown"}
    assert cache.get(KEY) is None and KEY not in cache and len(names(tmp_path)) == 1


def header_of(content: dict[str, Any], data: bytes = b"") -> bytes:
    """A file with any header one likes, and a right checksum."""
    metadata = {"virgil_cache": "1", "checksum": "0" * 32, "key": KEY.hex(), "seconds": "1.0", "notes": "[]"}
    for name in ("ui", "outputs"):
        metadata[name] = "null" if name == "ui" else '["tuple",[]]'
        metadata[f"{name}_checksum"] = disk_format.blake2b(b"", digest_size=16).hexdigest()
    metadata.update(content.pop("__metadata__", {}))
    text = json.dumps({"__metadata__": metadata, **content}, separators=(",", ":")).encode()
    begins = len(text).to_bytes(8, "little")
    checksum = disk_format.blake2b(begins + text, digest_size=16).hexdigest().encode()
    return begins + text.replace(b"0" * 32, checksum, 1) + data


HUGE = 1 << 60
HOSTILE: list[bytes] = [
    HUGE.to_bytes(8, "little") + b"{}",
    header_of({"outputs.0": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 4 * HUGE]}}),
    header_of({"outputs.0": {"dtype": "F32", "shape": [2, -1], "data_offsets": [0, -8]}}, b"x" * 8),
    header_of({"outputs.0": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}, b"x" * 8),
    header_of({"outputs.0": {"dtype": "OBJECT", "shape": [1], "data_offsets": [0, 8]}}, b"x" * 8),
    header_of({"outputs.0": {"dtype": "U8", "shape": [True], "data_offsets": [0, 1]}}, b"x"),
    header_of({"outputs.0": {"dtype": "U8", "shape": [8], "data_offsets": [8, 16]}}, b"x" * 16),
    header_of({"weights": {"dtype": "U8", "shape": [8], "data_offsets": [0, 8]}}, b"x" * 8),
    header_of({"outputs.0": 5}),
    header_of({}, b"more"),
    header_of({"__metadata__": {"notes": "[5]"}}),
    header_of({"__metadata__": {"notes": "[" * 100_000}}),
    header_of({"__metadata__": {"seconds": "soon"}}),
    header_of({"__metadata__": {"key": "zz"}}),
    header_of({"__metadata__": {"outputs": '["list",[]]'}}),
    header_of({"__metadata__": {"ui": "5"}}),
    header_of({"__metadata__": {"outputs": "[" * 900 + "]" * 900}}),
    header_of({"__metadata__": {"outputs": '["value","os.system",["dict",[]]]'}}),
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_gives_nothing_and_does_no_harm(tmp_path: Path, content: bytes) -> None:
    file_of(tmp_path).write_bytes(content)
    cache = opened(tmp_path)
    assert KEY in cache and cache.get(KEY) is None and KEY not in cache
    cache.put(KEY, entry(b"mine"))
    assert cache.flush(60) and cache.is_stored(KEY)


def test_a_file_bigger_than_memory_may_be_is_not_read(tmp_path: Path) -> None:
    size = 1 << 45  # 32 TB, none of it on the disk
    content = header_of({"outputs.0": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
    try:
        with file_of(tmp_path).open("wb") as file:
            file.write(content)
            file.truncate(len(content) + size)
    except OSError:
        with file_of(tmp_path).open("wb") as file:  # a file system with smaller files
            size = 1 << 40
            content = header_of({"outputs.0": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
            file.write(content)
            file.truncate(len(content) + size)
    cache = opened(tmp_path)
    assert KEY in cache and cache.get(KEY) is None and cache.get(KEY, lazy=True) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with links and pipes")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    outside = stored(tmp_path / "outside", (KEY, entry(b"secret")))
    folder = tmp_path / "cache"
    folder.mkdir()
    file_of(folder).symlink_to(file_of(outside))
    os.mkfifo(file_of(folder, OTHER))
    third = b"\7" * 16
    file_of(folder, third).mkdir()
    cache = opened(folder)
    for key in (KEY, OTHER, third):
        assert key in cache and cache.get(key) is None
    assert file_of(outside).is_file()
    file_of(folder).symlink_to(file_of(outside))
    before = file_of(outside).read_bytes()
    cache = opened(folder)
    cache.put(KEY, entry(b"mine"))
    assert cache.flush(60)
    assert cache.is_stored(KEY) and not file_of(folder).is_symlink() and file_of(outside).read_bytes() == before


def test_the_folder_stays_within_its_limit_and_what_saves_least_goes_first(tmp_path: Path) -> None:
    cache = Cache(BUDGET, disk=DiskTier(tmp_path, 2_000_000))
    dear, cheap, shown = b"d" * 16, b"c" * 16, b"s" * 16
    cache.put(dear, entry(bytes(100_000), seconds=1000))
    cache.put(cheap, entry(bytes(100_000), seconds=0.06))
    cache.put(shown, entry(bytes(100_000), seconds=0.0, ui={"text": "x"}))
    assert cache.flush(60) and cache.is_stored(cheap)
    for number in range(40):
        cache.put(bytes([number]) * 16, entry(bytes(100_000), seconds=0.5))
        assert cache.flush(60)
        assert sum(found.stat().st_size for found in tmp_path.iterdir()) <= 2_000_000
    assert cache.is_stored(dear) and cache.is_stored(shown) and not cache.is_stored(cheap)
    assert cache.is_stored(bytes([39]) * 16)


def test_what_was_used_lately_outlives_what_was_not(tmp_path: Path) -> None:
    keys = [bytes([number]) * 16 for number in range(8)]
    stored(tmp_path, *((key, entry(bytes(100_000), seconds=1.0)) for key in keys))
    for key in keys:
        os.utime(file_of(tmp_path, key), (1e9, 1e9))
    cache = Cache(BUDGET, disk=DiskTier(tmp_path, 1_000_000))
    assert keys[3] in cache and cache.get(keys[3]) is not None
    for number in range(8, 12):
        cache.put(bytes([number]) * 16, entry(bytes(100_000), seconds=1.0))
    assert cache.flush(60)
    assert cache.is_stored(keys[3]) and sum(cache.is_stored(key) for key in keys) <= 5


def test_many_small_files_count_as_more_than_their_bytes(tmp_path: Path) -> None:
    room = disk_room.Room(tmp_path, MOST_FILES * 100_000, lambda name: 0.0, lambda name: None)
    assert room.counted(10) == 100_000 and room.counted(100_001) == 102_400


def test_a_result_too_big_for_the_folder_is_not_stored(tmp_path: Path) -> None:
    cache = Cache(BUDGET, disk=DiskTier(tmp_path, 1_000_000))
    cache.put(KEY, entry(bytes(400_000)))
    assert cache.flush(60) and not cache.is_stored(KEY) and "more than a quarter" in cache.why_not_stored(KEY)


def test_what_killed_processes_left_half_written_is_taken_away_when_it_is_old(tmp_path: Path) -> None:
    old, new = (tmp_path / f".{file_name(KEY, False)}.1-{name}.part" for name in ("old", "new"))
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    (tmp_path / ".mine.part").write_bytes(b"x")
    for path in (old, tmp_path / ".mine.part"):
        os.utime(path, (1e9, 1e9))
    stored(tmp_path, (OTHER, entry()))
    assert not old.exists() and new.exists() and (tmp_path / ".mine.part").exists()
    assert KEY not in opened(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs file modes")
def test_a_folder_that_may_not_be_written_to_is_said_once_and_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    cache = opened(blocked / "cache")
    for number in range(3):
        assert cache.put(bytes([number]) * 16, entry())
        assert cache.flush(60)
    assert not cache.keys() - {bytes([number]) * 16 for number in range(3)} and cache.get(bytes(16)) is not None
    assert cache.disk is not None and not cache.disk.writable and "can't be written to" in cache.why_not_stored(bytes(16))
    assert len([record for record in caplog.records if "can't be written to" in record.message]) == 1


def test_clear_forgets_memory_and_with_disk_removes_the_files(tmp_path: Path) -> None:
    cache = opened(stored(tmp_path, (KEY, entry()), (OTHER, entry(notes=(("info", "x"),)))))
    (tmp_path / "README").write_text("not a result")
    assert cache.keys() == {KEY, OTHER} and cache.get(KEY) is not None
    cache.clear()
    assert cache.nbytes == 0 and cache.get(KEY) is not None
    cache.clear(disk=True)
    assert names(tmp_path) == ["README"] and not cache.keys() and cache.get(KEY) is None and not cache.noted


def test_a_result_waits_for_the_writing_thread_before_the_policy_needed_drops_it(tmp_path: Path) -> None:
    cache = opened(tmp_path, policy="needed")
    for number in range(20):
        cache.put(bytes([number]) * 16, entry(bytes(10_000)))
        cache.release(bytes([number]) * 16)
    assert cache.flush(60)
    assert all(cache.is_stored(bytes([number]) * 16) for number in range(20))
    assert len(cache) == 0 and cache.nbytes == 0
    found = cache.get(bytes(16))
    assert found is not None and found.outputs == (bytes(10_000),)


def test_what_is_freed_or_cleared_before_its_turn_is_not_written_later(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for number in range(100):
        cache.put(bytes([number]) * 16, entry(bytes(1000)))
    cache.free(1 << 30)
    assert len(cache) <= 1  # the one that is being written
    assert cache.flush(60)
    there = [number for number in range(100) if cache.is_stored(bytes([number]) * 16)]
    assert len(there) < 100 and cache.nbytes <= 2 * (1000 + 600)
    assert all("dropped from memory" in cache.why_not_stored(bytes([number]) * 16) for number in range(100) if number not in there)


def test_what_is_on_disk_is_dropped_from_memory_before_what_would_have_to_be_made(tmp_path: Path) -> None:
    stored(tmp_path, (KEY, entry(bytes(1000), seconds=1000)))
    cache = Cache(5000, disk=DiskTier(tmp_path))
    assert KEY in cache and cache.get(KEY) is not None
    cache.put(OTHER, Entry((bytes(1000),), seconds=0.01))
    cache.free(1)
    assert KEY in cache and len(cache) == 1 and not cache.was_dropped(KEY) and cache.peek(OTHER) is not None


def test_close_writes_what_waits_and_takes_no_more(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for number in range(10):
        cache.put(bytes([number]) * 16, entry())
    assert cache.close(60) and len(names(tmp_path)) == 10
    cache.put(KEY, entry())
    assert cache.flush(10) and not cache.is_stored(KEY)


def test_a_full_disk_leaves_no_torn_file_and_small_results_are_stored_again(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    code = """
import resource, sys
from virgil_nb.engine import Cache, DiskTier
from virgil_nb.engine.caching.cache import Entry
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
cache = Cache(1 << 26, disk=DiskTier(sys.argv[1]))
big, small = b"b" * 16, b"s" * 16
cache.put(big, Entry((bytes(1_000_000),), seconds=9))
assert cache.flush(60)
assert not cache.is_stored(big) and "File too large" in cache.why_not_stored(big), cache.why_not_stored(big)
cache.put(small, Entry((bytes(1000),), seconds=9))
assert cache.flush(60) and cache.is_stored(small) and cache.disk.writable
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "cache")], check=True)
    assert names(tmp_path / "cache") == [file_name(b"s" * 16, False)]


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_room, "_disk", lambda folder: (1 << 40, 1 << 20))
    cache = opened(tmp_path)
    cache.put(KEY, entry())
    assert cache.flush(60) and not cache.is_stored(KEY) and "nearly full" in cache.why_not_stored(KEY) and names(tmp_path) == []
