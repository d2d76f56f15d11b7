"""The copy that the server runs on."""

from __future__ import annotations

import base64
import hashlib

import pytest

from audio_rtsp.server.mediamtx.derive import Derived, Wanted, derive
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.owner_text import configured_ports, first_text, with_ports
from audio_rtsp.server.mediamtx.ports import DEFAULT_PORTS, Ports
from audio_rtsp.server.mediamtx.remark import Refused
from audio_rtsp.server.mediamtx.users import Access

SEED = "paths:\n  secure:\n    readUser: myuser\n    readPass: mypassword\n"


OWN_USERS = "authInternalUsers:\n- user: any\n  ips: [127.0.0.1]\n  permissions: [{action: publish}, {action: api}]\n"


def made(text: str, access: Access | None = None) -> Derived:
    return derive(text, Wanted(rtsp_port=18554, api_port=19997, access=access or Access()))


def document_of(text: str, access: Access | None = None) -> Document:
    return Document(made(text, access).text)


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        made(text)
    return caught.value.remark.line, caught.value.remark.says


def test_the_first_file_needs_nothing_but_the_api() -> None:
    text = first_text(DEFAULT_PORTS)
    derived = made(text)
    assert derived.remarks == ()
    opened = {one.key: (one.host, one.port) for one in derived.listeners}
    assert opened["rtspAddress"] == ("", 18554)
    assert opened["rtmpAddress"] == ("", 11935)
    assert opened["hlsAddress"] == ("", 18888)
    assert opened["webrtcAddress"] == ("", 18889)
    assert opened["metricsAddress"] == ("127.0.0.1", 19999)
    assert opened["apiAddress"] == ("127.0.0.1", 19997)
    assert "srtAddress" not in opened
    assert all(len(line) <= 160 for line in text.splitlines())


def test_the_rtsp_port_of_our_settings_is_the_truth() -> None:
    assert document_of("rtspAddress: 0.0.0.0:8554\n").text("rtspAddress") == "0.0.0.0:18554"
    assert document_of("rtsp: no\n").text("rtsp") == "true"


@pytest.mark.parametrize("paths", ["paths:\n- desk\n", "paths: desk\n"])
def test_paths_that_are_none_are_not_passed_over(paths: str) -> None:
    assert refusal(f"hls: true\n{paths}") == (
        2,
        "paths: the name of each path needs a line of its own, such as '  desk:'",
    )


def test_a_path_that_nobody_listed_may_be_published() -> None:
    assert document_of("paths:\n  a:\n").has("paths", "all_others")
    assert not document_of("paths:\n  all:\n").has("paths", "all_others")
    assert not document_of('paths:\n  "~^.*$":\n').has("paths", "all_others")


def test_the_seeds_read_user_becomes_a_user_for_that_path_alone() -> None:
    derived = made(SEED)
    users = Document(derived.text).get("authInternalUsers")
    assert [(user["user"], user["pass"]) for user in users] == [("any", ""), ("any", ""), ("myuser", "mypassword")]
    assert "readUser" not in derived.text
    assert [(one.line, "readUser" in one.says) for one in derived.remarks] == [(3, True)]


def test_a_path_that_takes_its_password_over_from_another_is_not_left_open() -> None:
    line, says = refusal("paths:\n  a: &a\n    readUser: u\n    readPass: p\n  b:\n    <<: *a\n")
    assert (line, says.split(";")[0]) == (6, "<< cannot be used beside readUser")
    assert made("pathDefaults: &d\n  record: no\npaths:\n  b:\n    <<: *d\n").remarks == ()


def test_a_password_that_looks_like_a_number_stays_as_it_is_written() -> None:
    users = document_of(SEED.replace("mypassword", "0123")).get("authInternalUsers")
    assert users[-1]["pass"] == "0123"


def test_a_read_user_for_all_paths_spares_the_one_with_its_own() -> None:
    users = document_of(f"pathDefaults: {{readUser: all, readPass: a}}\n{SEED}").get("authInternalUsers")
    assert [user["user"] for user in users] == ["any", "all", "myuser"]
    assert users[1]["permissions"][0]["path"].startswith("~^")


def test_a_path_with_an_old_word_for_everybody_else_wins_over_the_defaults() -> None:
    text = "pathDefaults: {readUser: a, readPass: a}\npaths: {all_others: {readUser: b, readPass: b}}\n"
    assert [user["user"] for user in document_of(text).get("authInternalUsers")] == ["any", "b"]


def test_what_the_old_words_cannot_say_is_refused_with_its_line() -> None:
    assert refusal('paths:\n  "~^cam":\n    readUser: me\n')[0] == 3
    assert refusal("paths:\n  cam:\n    publishUser: me\n") == (
        3,
        "publishUser is an old word; name the publisher in authInternalUsers",
    )
    assert refusal(f"{OWN_USERS}{SEED}")[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "authInternalUsers:\n- user: me\n  permissions: [{action: publish}, {action: api}]\n",
        "authInternalUsers:\n- user: any\n  permissions: [{action: publish}]\n",
        "authInternalUsers:\n- user: any\n  ips: [10.0.0.0/8]\n  permissions: [{action: publish}, {action: api}]\n",
        "authInternalUsers:\n",
    ],
)
def test_users_that_would_shut_our_own_streams_out_are_refused(text: str) -> None:
    line, says = refusal(text + "hls: no\n")
    assert line == 1
    assert "lets this machine" in says


def test_users_of_the_owners_own_hold_as_they_are() -> None:
    text = f"{OWN_USERS}- user: me\n  pass: x\n  permissions: [{{action: read}}]\n"
    derived = made(text, Access(user="listener", password="x"))
    assert [user["user"] for user in Document(derived.text).get("authInternalUsers")] == ["any", "me"]
    assert "RTSP_READ_USER has no effect" in derived.remarks[0].says
    assert "x" not in [one.says for one in derived.remarks]


def test_the_list_that_mediamtx_ships_is_nobodys_decision() -> None:
    shipped = (
        "authInternalUsers:\n- user: any\n  pass:\n  ips: []\n  permissions:\n  - action: publish\n    path:\n"
        "  - action: read\n    path:\n  - action: playback\n    path:\n- user: any\n  pass:\n"
        "  ips: ['127.0.0.1', '::1']\n  permissions:\n  - action: api\n  - action: metrics\n  - action: pprof\n"
    )
    users = document_of(shipped).get("authInternalUsers")
    assert [one["action"] for one in users[1]["permissions"]] == ["read", "playback"]


def test_a_read_password_reaches_the_copy() -> None:
    users = document_of(first_text(Ports()), Access(user="listener", password="s3cret")).get("authInternalUsers")
    assert (users[1]["user"], users[1]["pass"]) == ("listener", "s3cret")


def test_a_version_that_takes_hashes_gets_no_password_in_clear() -> None:
    wanted = Wanted(rtsp_port=1, api_port=2, access=Access(user="me", password="s3cret"), takes_hashes=True)
    hashed = derive(f"hls: no\n{SEED}", wanted).text
    assert "s3cret" not in hashed
    assert "mypassword" not in hashed
    assert base64.b64encode(hashlib.sha256(b"s3cret").digest()).decode() in hashed
    digest = derive("rtspAuthMethods: [basic, digest]\n", wanted).text
    assert "s3cret" in digest, "digest needs the password itself"


def test_a_bare_no_is_given_its_quotes() -> None:
    derived = made("rtspEncryption: no\nrtmpEncryption: 'no'\n")
    assert 'rtspEncryption: "no"' in derived.text
    assert [one.line for one in derived.remarks] == [1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hlsAddress: :99999\n", "hlsAddress: takes :PORT"),
        ("hlsAddress: 8888\n", "hlsAddress: takes :PORT"),
        ("hlsAddress: 1.2.3.400:80\n", "hlsAddress: 1.2.3.400 is not an IP address"),
        ("hlsAddress: :18554\n", "rtspAddress and hlsAddress are both on port 18554"),
        ("rtspAddress: 192.168.1.5:8554\n", "rtspAddress: at 192.168.1.5 alone no microphone could be published"),
        ("rtspTransports: [udp]\n", "rtspTransports: without tcp"),
        ("protocols: [udp]\n", "protocols: without tcp"),
        ('rtspEncryption: "strict"\n', "rtspEncryption: with strict"),
    ],
)
def test_what_would_silence_the_streams_is_refused_with_its_line(text: str, says: str) -> None:
    line, said = refusal(text)
    assert line == 1
    assert said.startswith(says)


def test_two_listeners_may_share_a_port_on_two_hosts_and_over_two_protocols() -> None:
    text = "pprof: yes\npprofAddress: 127.0.0.2:19997\nsrtAddress: :18554\n"
    assert {"pprofAddress", "srtAddress"} <= {one.key for one in made(text).listeners}


def test_what_is_switched_off_opens_nothing() -> None:
    text = "rtmp: no\nhls: no\nwebrtc: no\nsrt: false\nrtspTransports: [tcp]\nhlsAddress: nonsense\n"
    assert {one.key for one in made(text).listeners} == {"rtspAddress", "apiAddress"}


def test_an_address_without_a_value_is_the_servers_default() -> None:
    opened = {one.key: one.port for one in made("srtAddress:\nhlsAddress: ''\n").listeners}
    assert opened["srtAddress"] == 8890
    assert "hlsAddress" not in opened


def test_for_the_trial_no_program_is_started_and_no_source_is_opened() -> None:
    text = "paths:\n  a:\n    runOnInit: rm -rf /\n  b:\n    source: rtsp://camera/1\n  c:\n    source: publisher\n"
    trial = Document(made(text).trial_text)
    assert not trial.has("paths", "a", "runOnInit")
    assert trial.text("paths", "b", "sourceOnDemand") == "true"
    assert not trial.has("paths", "c", "sourceOnDemand")
    assert document_of(text).text("paths", "a", "runOnInit") == "rm -rf /"


def test_ports_are_changed_and_nothing_else() -> None:
    text = "# mine\nrtspAddress: 0.0.0.0:8554 # rtsp\nhls: no\nmetricsAddress: :9998\npaths: {a: {source: publisher}}\n"
    changed = with_ports(text, Ports(rtsp=554, hls=80, metrics=99, rtmp=0))
    assert changed == (
        '# mine\nrtspAddress: "0.0.0.0:554" # rtsp\nhls: true\nmetricsAddress: "127.0.0.1:99"\n'
        'paths: {a: {source: publisher}}\nrtmp: false\nhlsAddress: ":80"\nmetrics: true\n'
    )
    assert with_ports(text, Ports()) == text


def test_the_ports_of_a_file_are_found() -> None:
    assert configured_ports(first_text(Ports(hls=80, rtmp=0))) == Ports(
        rtsp=18554, hls=80, webrtc=18889, metrics=19999, rtmp=None
    )
    assert configured_ports("rtspAddress: nonsense\n") == Ports()


def test_a_file_that_is_none_is_refused() -> None:
    assert refusal("a: [\n")[0] == 2
    with pytest.raises(Refused):
        with_ports("a: [\n", Ports(rtsp=1))
