"""A post's media outside of its HTML: each once, in its largest size, without those that the HTML contains."""

import pytest

from bot.model import Media, MediaKind
from bot.source.entry.media import MediaCandidate, choose_media

BASE = "https://garden.example/post"
IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO


def urls(
    *candidates: MediaCandidate, thumbnails: tuple[MediaCandidate, ...] = (), html: str = ""
) -> list[str]:
    return [media.url for media in choose_media(candidates, thumbnails, html, BASE)]


@pytest.mark.parametrize(
    ("candidate", "kind"),
    [
        (MediaCandidate("https://a.example/x", type="image/jpeg"), IMAGE),
        (MediaCandidate("https://a.example/x", type="VIDEO/mp4"), VIDEO),
        (MediaCandidate("https://a.example/x", medium="audio"), AUDIO),
        (MediaCandidate("https://a.example/x.MP3?a=b"), AUDIO),
        (MediaCandidate("https://a.example/x.jpg", type="application/octet-stream"), IMAGE),
    ],
)
def test_the_kind_comes_from_the_type_or_else_the_file_name(
    candidate: MediaCandidate, kind: MediaKind
) -> None:
    (media,) = choose_media([candidate], (), "", BASE)

    assert media.kind is kind


@pytest.mark.parametrize(
    "candidate",
    [
        MediaCandidate(""),
        MediaCandidate("https://a.example/x.pdf", type="application/pdf"),
        MediaCandidate("javascript:x.jpg"),
        MediaCandidate("https://0.gravatar.com/avatar/x", medium="image"),
    ],
)
def test_unusable_candidates_are_dropped(candidate: MediaCandidate) -> None:
    assert urls(candidate) == []


def test_the_largest_size_of_a_picture_is_kept_with_any_alternative_text() -> None:
    small = MediaCandidate("https://a.example/p/140.jpg", width="140", alt="A hive")
    large = MediaCandidate("https://a.example/p/460.jpg", width="460")

    assert choose_media([small, large], (), "", BASE) == (Media(large.url, IMAGE, width=460, alt="A hive"),)


def test_candidates_of_one_group_are_one_media() -> None:
    low = MediaCandidate("https://a.example/low.mp4", width="320", height="180", group=1)
    high = MediaCandidate("https://a.example/high.mp4", width="1280", height="720", group=1)

    assert urls(low, high, MediaCandidate("https://a.example/other.mp4", group=2)) == [
        high.url,
        "https://a.example/other.mp4",
    ]


def test_a_picture_in_the_html_is_not_repeated() -> None:
    html = '<img src="http://www.garden.example/up/bee-300x200.jpg?x=1">'

    assert urls(MediaCandidate("/up/bee.jpg"), MediaCandidate("/up/wasp.jpg"), html=html) == [
        "https://garden.example/up/wasp.jpg"
    ]


def test_a_thumbnail_is_used_only_without_another_picture() -> None:
    small, large = (
        MediaCandidate("/t66.jpg", width="66", height="49"),
        MediaCandidate("/t480.jpg", width="480", height="360"),
    )

    assert urls(thumbnails=(small, large)) == ["https://garden.example/t480.jpg"]
    assert urls(MediaCandidate("/bee.jpg"), thumbnails=(small,)) == ["https://garden.example/bee.jpg"]
    assert urls(thumbnails=(small,), html='<img src="https://a.example/x.jpg">') == []
    assert urls(MediaCandidate("/bee.mp3"), thumbnails=(small,)) == [
        "https://garden.example/bee.mp3",
        "https://garden.example/t66.jpg",
    ]


def test_a_player_becomes_the_page_that_a_person_can_open() -> None:
    candidate = MediaCandidate(
        "https://www.youtube.com/v/b33nPoles42?version=3", type="application/x-shockwave-flash"
    )
    (video,) = choose_media([candidate], (), "", BASE)

    assert (video.url, video.kind, video.provider) == (
        "https://www.youtube.com/watch?v=b33nPoles42",
        VIDEO,
        "YouTube",
    )


@pytest.mark.parametrize(
    ("width", "expected"),
    [("640", 640), ("640px", 640), ("", None), ("0", None), ("x", None), ("9" * 9, None)],
)
def test_a_size_is_a_number_of_pixels_or_nothing(width: str, expected: int | None) -> None:
    (media,) = choose_media([MediaCandidate("/x.jpg", width=width)], (), "", BASE)

    assert media.width == expected


def test_the_number_of_media_is_limited() -> None:
    assert len(urls(*(MediaCandidate(f"/picture-of-{'x' * n}.jpg") for n in range(100)))) == 40
