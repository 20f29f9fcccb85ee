import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.coordinates import CoordinateError, read_point
from tests.support.pasted import paste

HERE = (-7.6298, 111.5239)


@pytest.mark.parametrize(
    "pasted",
    [
        "-7.6298, 111.5239",  # as Google Maps copies it
        "-7.6298,111.5239",
        "(-7.6298, 111.5239)",
        "-7.6298 111.5239",
        "-7,6298, 111,5239",
        "-7,6298; 111,5239",
        "-7,6298,111,5239",
        "\u22127.6298,\u00a0111.5239\u200b",
        "-7.6298\u00b0, 111.5239\u00b0",
        "7.6298\u00b0 S, 111.5239\u00b0 E",
        "7,6298 LS 111,5239 BT",
        "S 7.6298 E 111.5239",
        "111.5239 E, 7.6298 S",  # the sides of the world say which is which
        "7\u00b0 37.788' S, 111\u00b0 31.434' E",
        "7\u00b037\u203247.28\u2033S 111\u00b031\u203226.04\u2033E",
        "7\u00b037'47,28\"LS 111\u00b031'26,04\"BT",
        "https://www.google.com/maps/@-7.6298,111.5239,17z?entry=ttu",
        "https://www.google.com/maps/place/Balai/@-7.1,111.1,17z/data=!3m1!8m2!3d-7.6298!4d111.5239",
        "https://maps.google.com/?q=-7.6298,111.5239",
        "https://www.google.com/maps?q=loc:-7.6298,111.5239",
        "https://www.google.com/maps/place/-7.6298,111.5239",
        "https://www.google.com/maps/place/-7.6298,111.5239/@-7.1,111.1,17z",
        "https://www.google.com/maps/search/-7.6298,+111.5239",
        "https://www.openstreetmap.org/?mlat=-7.6298&mlon=111.5239#map=15/-7.1/111.1",
        "geo:-7.6298,111.5239?z=17",
    ],
)
def test_a_pair_in_either_box_is_the_point(pasted: str) -> None:
    assert read_point(pasted, "") == HERE
    assert read_point("", pasted) == HERE
    assert read_point(pasted, "111.48") == HERE  # the box that nobody touched


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("-7.6298", "111.5239"),
        ("-7,6298", "111,5239"),
        ("7.6298 S", "111.5239 E"),
        ("7\u00b037'47.28\"S", "111\u00b031'26.04\"E"),
        ("\u2212\uff17.\u0666\u0662\u0669\u0668", "111,5239"),
    ],
)
def test_a_box_holds_one_number_of_many_writings(latitude: str, longitude: str) -> None:
    assert read_point(latitude, longitude) == HERE


@pytest.mark.parametrize(
    ("latitude", "longitude", "box"),
    [
        ("utara", "111", "latitude"),
        ("nan", "111", "latitude"),
        ("inf", "111", "latitude"),
        ("-7.6", "nan", "longitude"),
        ("-7.6", "", "longitude"),
        ("", "111.5", "latitude"),
        ("111.5 E", "7.6 S", "latitude"),  # each in the other's box
        ("-191", "111", "latitude"),
        ("-7", "181", "longitude"),
        ("7.5.1", "111", "latitude"),
        ("-7.6 N", "111", "latitude"),
    ],
)
def test_what_is_no_coordinate_is_named_by_its_box(latitude: str, longitude: str, box: str) -> None:
    with pytest.raises(CoordinateError) as caught:
        read_point(latitude, longitude)
    assert caught.value.box == box


@pytest.mark.parametrize("empty", ["", " ", "\u200b"])
def test_two_empty_boxes_are_no_point(empty: str) -> None:
    assert read_point(empty, empty) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_anything_is_a_point_none_or_the_error(latitude: str, longitude: str) -> None:
    try:
        point = read_point(latitude, longitude)
    except CoordinateError:
        return
    assert point is None or max(map(abs, point)) <= 180


@given(st.floats(-11, 6), st.floats(95, 141))
def test_every_point_of_the_country_is_read_back_from_its_pair(latitude: float, longitude: float) -> None:
    here = (round(latitude, 6), round(longitude, 6))
    text = f"{here[0]:.6f}, {here[1]:.6f}"
    assert read_point(text, "") == here
    assert read_point(paste(text), "") == here
    assert read_point(text.replace(".", ","), "") == here
