"""The bench's readers: what they count is what they got."""

from __future__ import annotations

import pytest
from bench.crowd import FRAME_SECONDS, crowd

from process.rtsp.api import ask
from process.rtsp.child import serving

pytestmark = pytest.mark.timeout(20)


@pytest.mark.parametrize("transport", ["TCP", "UDP"])
def test_a_crowd_hears_everything_and_one_that_is_cut_off_shows(transport: str) -> None:
    with serving() as server, crowd(server, 12, transport) as there:
        heard = there.listen(0.3)
        assert heard.least >= 0.99
        assert len(heard.delays) == 12 * len(range(int(0.3 / FRAME_SECONDS) + 1))
        assert min(heard.delays) > 0 and max(heard.delays) < 0.3
        last = ask(server, "/v3/rtspsessions/list")[1]["items"][-1]
        assert ask(server, f"/v3/rtspsessions/kick/{last['id']}", method="POST")[0] == 200
        assert there.listen(0.3).least < 0.1
