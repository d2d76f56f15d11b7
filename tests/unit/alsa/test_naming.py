from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.naming import Nameable, assign_names, default_slug, fitting
from audio_rtsp.stream_name import MAX_LENGTH, is_stream_name


def device(identity: str, product: str = "USB PnP Sound Device", *, port: str = "", pcm: int = 0) -> Nameable:
    return Nameable(
        identity=identity, product=product, card_id="Device", port=port or identity, pcm=pcm, is_further=pcm > 0
    )


ONE, TWO = device("usb_audio_12090003_at_usb-0:2"), device("usb_audio_12090003_at_usb-0:10")


@pytest.mark.parametrize(
    ("product", "slug"),
    [
        ("Mikrofon “Größe” 日本", "mikrofon-grosse"),
        ("RØDE AI-Micro", "rode-ai-micro"),
        ("USB PnP Sound Device", "usb-pnp-sound-device"),
        ("  --Röde NT-USB+ (2nd)  ", "rode-nt-usb-2nd"),
        ("ﬁne ℌi²", "fine-hi2"),
        ("日本", "u0x12090x05"),
        ("", "u0x12090x05"),
        ("x" * 100, "x" * MAX_LENGTH),
        ("Server", "server-mic"),
    ],
)
def test_the_default_is_the_slug_of_the_product_else_the_card_id(product: str, slug: str) -> None:
    assert default_slug(product, "U0x12090x05") == slug


def test_a_device_without_any_letters_has_a_name_still() -> None:
    assert default_slug("日本", "日本") == "microphone"


@given(st.text(), st.text())
def test_every_slug_is_a_name(product: str, card_id: str) -> None:
    assert is_stream_name(default_slug(product, card_id))


def test_twins_are_numbered_in_the_order_of_their_ports() -> None:
    for devices in ([ONE, TWO], [TWO, ONE]):
        assert assign_names(devices, {}, {}).names == {
            ONE.identity: "usb-pnp-sound-device",
            TWO.identity: "usb-pnp-sound-device-2",
        }


def test_a_further_pcm_says_so() -> None:
    further = device("usb_audio_12090003_at_usb-0:2_pcm1", pcm=1, port=ONE.port)
    other = device("usb_audio_12090003_at_usb-0:10_pcm1", pcm=1, port=TWO.port)
    assert assign_names([ONE, TWO, further, other], {}, {}).names == {
        ONE.identity: "usb-pnp-sound-device",
        TWO.identity: "usb-pnp-sound-device-2",
        further.identity: "usb-pnp-sound-device-pcm1",
        other.identity: "usb-pnp-sound-device-2-pcm1",
    }


def test_the_owner_wins_over_the_name_given_earlier_and_that_over_the_default() -> None:
    naming = assign_names([ONE, TWO], {ONE.identity: "door"}, {ONE.identity: "a", TWO.identity: "b"})
    assert naming.names == {ONE.identity: "door", TWO.identity: "b"}
    assert naming.given == {ONE.identity: "a", TWO.identity: "b"}


def test_a_name_given_earlier_steps_aside_for_the_owners() -> None:
    naming = assign_names([ONE, TWO], {ONE.identity: "b"}, {TWO.identity: "b"})
    assert naming.names == {ONE.identity: "b", TWO.identity: "usb-pnp-sound-device"}
    assert naming.given[TWO.identity] == "usb-pnp-sound-device"


def test_a_default_takes_no_name_of_an_absent_device() -> None:
    naming = assign_names([ONE], {"gone": "usb-pnp-sound-device"}, {"gone_too": "usb-pnp-sound-device-2"})
    assert naming.names == {ONE.identity: "usb-pnp-sound-device-3"}
    assert naming.given == {"gone_too": "usb-pnp-sound-device-2", ONE.identity: "usb-pnp-sound-device-3"}
    assert naming.unseen == ("gone",)


def test_a_short_form_names_the_one_device_that_it_fits() -> None:
    lapel = device("usb_audio_046d041e_ABC")
    owner = {
        "usb_audio_c13487": "conference_room_mic",
        "usb_audio_046d041e": "wireless_lapel_mic",
        "usb_audio_046d": "no",
    }
    naming = assign_names([ONE, lapel], owner, {})
    assert naming.names[lapel.identity] == "wireless_lapel_mic"
    assert naming.unseen == ("usb_audio_c13487", "usb_audio_046d")
    assert not naming.complaints


def test_a_short_form_that_fits_two_is_refused_loudly() -> None:
    naming = assign_names([ONE, TWO], {"usb_audio_12090003": "door"}, {})
    assert "door" not in naming.names.values()
    assert naming.complaints["usb_audio_12090003"].startswith("usb_audio_12090003 fits 2 devices")
    assert naming.unseen == ()


def test_a_short_form_means_the_first_pcm_of_a_device() -> None:
    further = device("usb_audio_12090003_at_usb-0:2_pcm1", pcm=1)
    naming = assign_names([ONE, further], {"usb_audio_12090003": "door"}, {})
    assert naming.names[ONE.identity] == "door"
    assert naming.names[further.identity] == "usb-pnp-sound-device-pcm1"


def test_the_key_of_an_absent_device_is_no_short_form_of_its_twin() -> None:
    twin = device("usb_audio_12090003_S1_at_usb-0:2")
    owner = {"usb_audio_12090003_S1": "door"}
    assert assign_names([twin], owner, {}, {"usb_audio_12090003_S1"}).names[twin.identity] != "door"
    assert assign_names([twin], owner, {}).names[twin.identity] == "door"


def test_a_whole_key_beats_a_short_form() -> None:
    naming = assign_names([ONE], {"usb_audio_12090003": "short", ONE.identity: "whole"}, {})
    assert naming.names == {ONE.identity: "whole"}


def test_what_is_no_name_is_refused_and_the_default_serves() -> None:
    naming = assign_names([ONE], {ONE.identity: "Küche 1"}, {TWO.identity: "../x"})
    assert naming.names == {ONE.identity: "usb-pnp-sound-device"}
    assert ONE.identity in naming.complaints
    assert TWO.identity not in naming.given


@pytest.mark.parametrize("word", ["server", "service", "configuration"])
def test_no_stream_has_the_name_of_a_part_of_the_program(word: str) -> None:
    naming = assign_names([ONE], {ONE.identity: word}, {TWO.identity: word})
    assert naming.names == {ONE.identity: "usb-pnp-sound-device"}
    assert word in naming.complaints[ONE.identity]
    assert TWO.identity not in naming.given


def test_one_name_for_two_devices_is_refused() -> None:
    naming = assign_names([ONE, TWO], {ONE.identity: "door", TWO.identity: "door"}, {})
    assert naming.names[TWO.identity] == "usb-pnp-sound-device"
    assert naming.complaints[TWO.identity] == f"door is the name of {ONE.identity} already; ignored"


def test_fitting_stops_at_an_underscore() -> None:
    assert fitting("usb_audio_1209000", [ONE.identity]) == ()
    assert fitting("usb_audio_12090003", [ONE.identity, TWO.identity]) == (ONE.identity, TWO.identity)
    assert fitting("", [ONE.identity]) == ()


keys = st.sampled_from([f"k_{letter}{number}" for letter in "abc" for number in range(3)])
names = st.sampled_from(["mic", "mic-2", "mic-3", "door", "Bad", "", "mic-pcm1"])
present = st.builds(device, keys, st.sampled_from(["Mic", "mic 2", "Door", ""]), pcm=st.integers(0, 1))


@given(
    st.lists(present, unique_by=lambda one: one.identity),
    st.dictionaries(st.one_of(keys, st.sampled_from(["k", "k_a"])), names),
    st.dictionaries(keys, names),
    st.randoms(use_true_random=False),
)
def test_names_are_unique_stable_and_do_not_depend_on_order(devices, owner, given_names, order) -> None:  # type: ignore[no-untyped-def]
    naming = assign_names(devices, owner, given_names)
    assert set(naming.names) == {one.identity for one in devices}
    assert len(set(naming.names.values())) == len(devices)
    assert all(map(is_stream_name, naming.names.values()))
    assert assign_names(order.sample(devices, len(devices)), owner, given_names) == naming
    assert assign_names(devices, owner, naming.given).names == naming.names
