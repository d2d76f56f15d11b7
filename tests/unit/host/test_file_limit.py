"""How many files may be open."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

RAISED = """
import resource, sys
from audio_rtsp.host.file_limit import raise_file_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
raise_file_limit()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("soft", "hard", "becomes"), [(64, 4000, 4000), (1024, 20000, 8192), (9000, 20000, 9000)])
def test_it_is_raised_to_what_the_system_allows_up_to_enough(soft: int, hard: int, becomes: int) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip("this machine allows fewer")
    argv = (sys.executable, "-c", RAISED, str(soft), str(hard))
    assert subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout == f"{becomes}\n"
