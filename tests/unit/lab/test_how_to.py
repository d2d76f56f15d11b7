"""What the page about new scenarios shows can be typed so, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from field import scenario
from field.box import Box
from field.stage import Stage
from lab.ear.listener import Listener
from lab.machine.guest import Guest
from lab.report import HEADS, Result

PAGE = (Path(__file__).resolve().parents[3] / "docs/how-to/add-a-lab-scenario.md").read_text()
KINDS = {"box": Box, "ear": Listener, "guest": Guest, "stage": Stage}


def test_the_scenario_of_the_page_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "REGISTER", {})
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block
    exec(compile(block[1], "kettle.py", "exec"), {})
    assert list(scenario.REGISTER) == ["kettle"]


@pytest.mark.parametrize(("noun", "word"), sorted(set(re.findall(r"\b(box|ear|guest|stage)\.(\w+)", PAGE))))
def test_what_the_page_asks_of_a_noun_it_can_do(noun: str, word: str) -> None:
    assert hasattr(KINDS[noun], word)


def test_every_column_and_result_of_the_report_is_explained() -> None:
    assert not [head for head in HEADS[2:] if f"| {head} |" not in PAGE]
    assert not [result for result in (Result.INCONCLUSIVE, Result.LEFT_OUT) if f"*{result}*" not in PAGE]
