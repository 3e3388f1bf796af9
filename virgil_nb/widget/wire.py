"""What JSON and JavaScript would damage on the way between kernel and browser, in a form that arrives whole.

A number of JavaScript's holds whole numbers exactly up to 2^53 only, and seeds go up to 2^64 - 1: larger ones travel as
{"__int__": digits}. Half of a surrogate pair has no form in UTF-8 and would keep the whole message from being sent: it travels as �.
So does what is no finite number, as null: no document has one, but a node may report it as its progress.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from virgil_nb.widget.messages.specs import SpecJSON

EXACT = 2**53 - 1
LONG_NUMBER = re.compile(r"(?<![\d.])\d{16,}(?![\d.])")
DIGITS = re.compile(r"-?[0-9]{16,310}")


def packed(message: Any) -> Any:
    """`message` as it can be sent: itself, if nothing in it would be damaged."""
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:  # no finite number, or half of a surrogate pair
        return _packed(message)
    return _packed(message) if LONG_NUMBER.search(text) else message


def rounded_limits(spec: SpecJSON) -> SpecJSON:
    """`spec` with limits that are plain numbers, rounded where JavaScript would: a browser only compares with them."""
    for item in spec["inputs"]:
        if item.get("min") is not None:
            item["min"] = _rounded(item["min"])
        if item.get("max") is not None:
            item["max"] = _rounded(item["max"])
    return spec


def _rounded(limit: float) -> float:
    return float(limit) if abs(limit) > EXACT else limit


def unpacked(value: Any) -> Any:
    """What `packed` had packed: `value`, from a browser, with its large whole numbers."""
    if isinstance(value, list):
        return [unpacked(item) for item in value]
    if not isinstance(value, dict):
        return value
    digits = value.get("__int__")
    if len(value) == 1 and isinstance(digits, str) and DIGITS.fullmatch(digits):
        return int(digits)
    return {key: unpacked(item) for key, item in value.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, str):
        return _whole_text(value)
    if isinstance(value, (list, tuple)):
        return [_packed(item) for item in value]
    if isinstance(value, dict):
        return {_whole_text(key): _packed(item) for key, item in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    large = isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT
    return {"__int__": str(value)} if large else value


def _whole_text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
