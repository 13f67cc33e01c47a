import pytest

from bot.model import Media, MediaKind
from bot.text.pictures import choose_pictures, largest_candidate, parse_picture


@pytest.mark.parametrize(
    ("srcset", "url"),
    [
        ("a.jpg 100w, b.jpg 900w, c.jpg 500w", "b.jpg"),
        ("a.jpg, b.jpg 2x, c.jpg 1.5x", "b.jpg"),
        ("https://x.example/a,b.jpg 1x,https://x.example/c.jpg 3x", "https://x.example/c.jpg"),
        ("https://x.example/w_200,h_100/a.jpg 200w, https://x.example/w_800,h_400/a.jpg 800w", "https://x.example/w_800,h_400/a.jpg"),
        ("data:image/gif;base64,AA 1w, a.jpg 2w", "a.jpg"),
        ("", ""),
        (" , ", ""),
    ],
)  # fmt: skip
def test_the_largest_candidate_of_a_srcset_is_chosen(srcset: str, url: str) -> None:
    assert largest_candidate(srcset) == url


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ({"src": "https://x.example/a.jpg"}, "https://x.example/a.jpg"),
        ({"src": "//x.example/a.jpg"}, "https://x.example/a.jpg"),
        (
            {"src": "data:image/gif;base64,AA", "data-src": "https://x.example/a.jpg"},
            "https://x.example/a.jpg",
        ),
        (
            {"src": "https://x.example/s.jpg", "data-lazy-src": "https://x.example/a.jpg"},
            "https://x.example/a.jpg",
        ),
        (
            {"src": "https://x.example/s.jpg", "data-srcset": "https://x.example/b.jpg 9w"},
            "https://x.example/b.jpg",
        ),
        ({"src": "https://x.example/a.gifv"}, None),
        ({"src": "https://x.example/a.svg"}, None),
        ({"src": "https://x.example/a.jpg", "width": "1", "height": "1"}, None),
        ({"src": "https://x.example/a.jpg", "width": "16", "height": "16"}, None),
        ({"src": "https://x.example/a.jpg", "class": "avatar"}, None),
        ({"src": "https://secure.gravatar.com/avatar/abc"}, None),
        ({"src": "https://pixel.wp.com/b.gif?x=1"}, None),
        ({"src": "https://x.example/spacer.gif"}, None),
        ({"src": "http://localhost/a.jpg"}, None),
        ({"src": "relative.jpg"}, None),
        ({}, None),
    ],
)
def test_a_picture_is_shown_at_its_highest_resolution_or_not_at_all(
    attributes: dict[str, str | None], url: str | None
) -> None:
    found = parse_picture(attributes)

    assert (found.url if found else None) == url


def test_the_sources_of_a_picture_element_are_preferred_to_its_src() -> None:
    found = parse_picture(
        {"src": "https://x.example/a.jpg", "alt": " A  tree "}, ["https://x.example/b.webp 900w"]
    )

    assert found == Media("https://x.example/b.webp", MediaKind.IMAGE, alt="A tree")


def test_attached_pictures_come_first_and_thumbnails_last() -> None:
    thumbnail, attached, inline = (_image(f"https://x.example/{name}", width) for name, width in _SIZES)

    assert choose_pictures([thumbnail, attached], [inline]) == (attached, inline, thumbnail)


_SIZES = (("thumbnail.jpg", 90), ("cover.jpg", None), ("inside.jpg", None))


def test_only_the_largest_size_of_a_picture_is_shown() -> None:
    small = _image("https://x.example/garden-in-spring-300x200.jpg?w=300", 300)
    large = _image("https://cdn.example/garden-in-spring-1200x800.jpg?w=1200", 1200)

    assert choose_pictures([small], [large]) == (large,)


def test_videos_are_not_pictures() -> None:
    assert choose_pictures([Media("https://x.example/a.jpg", MediaKind.VIDEO)], []) == ()


def _image(url: str, width: int | None) -> Media:
    return Media(url, MediaKind.IMAGE, width=width)
