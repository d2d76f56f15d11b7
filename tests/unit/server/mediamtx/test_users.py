"""Who may publish and read: this machine, the local network, whoever has the password."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.server.mediamtx.name_pattern import all_but
from audio_rtsp.server.mediamtx.users import LAN, LOOPBACK, Access, Rule, is_same, lets_us, render_users

NAMES = st.text(alphabet="ab-._/~z0", min_size=1, max_size=5)


@given(st.sets(NAMES, max_size=4), NAMES)
def test_the_pattern_fits_every_name_but_those(names: set[str], other: str) -> None:
    pattern = re.compile(all_but(names))
    assert not any(pattern.search(name) for name in names)
    assert bool(pattern.search(other)) == (other not in names)


def test_the_pattern_needs_nothing_that_re2_lacks() -> None:
    assert "(?!" not in all_but({"secure", "secret/a"})
    assert "(?=" not in all_but({"secure"})


def test_only_this_machine_publishes_and_the_local_network_reads() -> None:
    here, others = render_users(Access())
    assert [one["action"] for one in here["permissions"]] == ["publish", "api", "metrics", "pprof"]
    assert tuple(here["ips"]) == LOOPBACK
    assert (others["user"], tuple(others["ips"])) == ("any", (*LOOPBACK, *LAN))
    assert [one["action"] for one in others["permissions"]] == ["read", "playback"]


def test_with_a_password_every_reader_is_asked_wherever_they_are() -> None:
    here, others = render_users(Access(user="listener", password="s3cret"))
    assert not {"read", "playback"} & {one["action"] for one in here["permissions"]}
    assert (others["user"], others["pass"], others["ips"]) == ("listener", "s3cret", [])


def test_a_path_of_its_own_is_left_out_of_what_the_others_read() -> None:
    rule = Rule(access=Access(user="me", password="x"), names=("secure",))
    _, others, me = render_users(Access(), [rule])
    pattern = others["permissions"][0]["path"]
    assert pattern.startswith("~")
    assert not re.search(pattern[1:], "secure")
    assert re.search(pattern[1:], "secure2")
    assert {one["path"] for one in me["permissions"]} == {"secure"}


def test_a_network_lets_us_however_it_is_written() -> None:
    def lets(*ips: str) -> bool:
        return lets_us([{"user": "any", "ips": ips, "permissions": [{"action": "publish"}]}], "publish")

    assert lets() and lets("127.0.0.1/8") and lets("10.0.0.0/8", "127.0.0.0/30") and lets("0.0.0.0/0")
    assert not lets("10.0.0.0/8", "::1", "nonsense")


def test_a_password_is_in_no_text() -> None:
    access = Access(user="me", password="s3cret")
    assert "s3cret" not in repr(access)
    assert "s3cret" not in repr(Rule(access=access))


def test_lists_of_users_are_compared_by_what_they_mean() -> None:
    spelt = [{"user": "any", "permissions": [{"action": "b", "path": None}, {"action": "a"}]}]
    same = [{"user": "any", "pass": "", "ips": [], "permissions": [{"action": "a"}, {"action": "b", "path": ""}]}]
    assert is_same(spelt, same)
    assert not is_same([{"user": "me"}], same)
    assert not is_same("any", same)
    assert not is_same(["any"], same)
