"""The table of nearest things, on a WordNet of ten meanings written in its own format."""

from __future__ import annotations

from training.related import Nouns, common_words, related

_TREE = [  # key, file, words, above
    ("00000001", "03", "entity", None),
    ("00000002", "03", "living_thing", "00000001"),
    ("00000003", "05", "animal", "00000002"),
    ("00000004", "05", "reptile", "00000003"),
    ("00000005", "05", "snake serpent", "00000004"),
    ("00000006", "05", "lizard", "00000004"),
    ("00000007", "05", "canine", "00000003"),
    ("00000008", "05", "fox", "00000007"),
    ("00000009", "07", "love", "00000001"),
]


def ten_meanings() -> Nouns:
    data, index = "", ""
    for key, file, words, above in _TREE:
        listed = words.split()
        pointer = f"001 @ {above} n 0000" if above else "000"
        data += f"{key} {file} n {len(listed):02x} {' '.join(f'{word} 0' for word in listed)} {pointer} | a gloss  \n"
        index += "".join(f"{word} n 1 1 @ 1 0 {key}  \n" for word in listed)
    return Nouns("  1 a licence\n" + data, "  1 a licence\n" + index)


def test_the_nearest_thing_shares_the_deepest_kind() -> None:
    assert related(ten_meanings(), ["lizard"]) == {"lizard": "snake"}


def test_what_is_no_body_or_already_known_has_no_nearest_thing() -> None:
    assert related(ten_meanings(), ["love", "fox", "serpent", "qwertz"]) == {}


def test_nearness_is_wu_and_palmers() -> None:
    nouns = ten_meanings()
    assert nouns.nearness("00000005", "00000005") == 1
    assert nouns.nearness("00000005", "00000006") == 2 * 4 / (1 + 1 + 2 * 4)
    assert nouns.nearness("00000005", "00000009") == 2 * 1 / (4 + 1 + 2 * 1)


def test_clips_common_words_are_whole_words() -> None:
    words = common_words()
    assert len(words) > 20_000
    assert {"lizard", "truck", "violin"} <= set(words)
    assert "zzyzx" not in words
