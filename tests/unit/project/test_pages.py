"""Every link in our pages leads somewhere, and the generated pages are up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run((sys.executable, ROOT / "script/docs", "--check"), capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout


def test_the_licence_is_apache() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()[:300]
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
