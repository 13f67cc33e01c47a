from dataclasses import replace

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
        # Size decides before names.
        ({"src": "https://x.example/avatar-film.jpg", "width": "800"}, "https://x.example/avatar-film.jpg"),
        ({"src": "https://x.example/avatars/poster.jpg", "width": "800"}, "https://x.example/avatars/poster.jpg"),
        ({"src": "https://x.example/emoji/history.png", "width": "600"}, "https://x.example/emoji/history.png"),
        ({"src": "https://x.example/pixel.png", "width": "900", "height": "600"}, "https://x.example/pixel.png"),
        ({"src": "https://x.example/a.jpg", "class": "social-icon", "width": "640"}, "https://x.example/a.jpg"),
        ({"src": "https://x.example/a.jpg", "class": "icon", "style": "width:640px"}, "https://x.example/a.jpg"),
        # Without a size, a word in the name of a file says nothing, but the place or the whole name does.
        ({"src": "https://x.example/2026/avatar-fire-poster.jpg"}, "https://x.example/2026/avatar-fire-poster.jpg"),
        ({"src": "https://x.example/lighthouse-beacon.jpg"}, "https://x.example/lighthouse-beacon.jpg"),
        ({"src": "https://x.example/reviews/pixel/phone.jpg"}, "https://x.example/reviews/pixel/phone.jpg"),
        ({"src": "https://x.example/a.jpg", "class": "share-of-harvest"}, "https://x.example/a.jpg"),
        ({"src": "https://x.example/a.jpg", "class": "wp-image-7 icon"}, "https://x.example/a.jpg"),
        ({"src": "https://x.example/avatars/77.jpg"}, None),
        ({"src": "https://x.example/avatar.png"}, None),
        ({"src": "https://x.example/beacon.gif"}, None),
        ({"src": "https://beacon.x.example/i/1"}, None),
        ({"src": "https://x.example/tracking/open.gif"}, None),
        ({"src": "https://x.example/a.jpg", "class": "social-icon"}, None),
        # Faces and icons, whatever says how small they are.
        ({"src": "https://x.example/a.jpg", "width": "64", "height": "64"}, None),
        ({"src": "https://x.example/a.jpg", "width": "40"}, None),
        ({"src": "https://x.example/a.jpg", "style": "height: 32px"}, None),
        ({"src": "https://x.example/a.jpg?w=50"}, None),
        ({"src": "https://avatars.githubusercontent.com/u/1?s=460"}, None),
        ({"src": "https://lh3.googleusercontent.com/a/ACg8oc=s96-c"}, None),
        ({"src": "https://64.media.tumblr.com/avatar_1f2e3d_128.pnj"}, None),
        ({"src": "https://miro.medium.com/fit/c/64/64/1*x.jpeg"}, None),
        # Hidden.
        ({"src": "https://x.example/o/1", "style": "width:1px;height:1px"}, None),
        ({"src": "https://x.example/o/1", "style": "max-width: 0; overflow: hidden"}, None),
        ({"src": "https://x.example/o/1", "style": "height:1px !important"}, None),
        ({"src": "https://x.example/o/1", "style": "DISPLAY:none"}, None),
        ({"src": "https://x.example/o/1", "style": "opacity:0"}, None),
        ({"src": "https://x.example/o/1", "style": "position:absolute;left:-9999px"}, None),
        ({"src": "https://x.example/o/1", "hidden": None}, None),
        ({"src": "https://x.example/a.jpg", "style": "opacity:0.9;max-width:100%"}, "https://x.example/a.jpg"),
        ({"src": "https://x.example/a.jpg", "style": "border-width:1px;line-height:1"}, "https://x.example/a.jpg"),
        ({}, None),
    ],
)  # fmt: skip
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


_SIZED = "https://blogger.googleusercontent.com/img/b/R29v/AVv"


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (f"{_SIZED}/s72-c/wall.jpg", f"{_SIZED}/s1600/wall.jpg"),
        (f"{_SIZED}/s72-w640-h480-c/wall.jpg", f"{_SIZED}/s1600/wall.jpg"),
        (f"{_SIZED}/w100-h75-p-k-no-nu/wall.jpg", f"{_SIZED}/s1600/wall.jpg"),
        ("https://3.bp.blogspot.com/-a/b/c/d/s200/wall.jpg", "https://3.bp.blogspot.com/-a/b/c/d/s1600/wall.jpg"),
        ("https://lh3.googleusercontent.com/img/b/x=s72-c", "https://lh3.googleusercontent.com/img/b/x=s1600"),
        ("https://i.ytimg.com/vi/aB3dE5gH7jK/default.jpg", "https://i.ytimg.com/vi/aB3dE5gH7jK/hqdefault.jpg"),
        ("https://i0.wp.com/x.example/a.jpg?resize=150%2C150&ssl=1", "https://i0.wp.com/x.example/a.jpg"),
        ("https://x.files.wordpress.com/2026/a.jpg?w=150", "https://x.files.wordpress.com/2026/a.jpg"),
        ("https://miro.medium.com/v2/resize:fit:140/1*x.jpeg", "https://miro.medium.com/v2/resize:fit:1400/1*x.jpeg"),
        (f"{_SIZED}/s1600/wall.jpg", f"{_SIZED}/s1600/wall.jpg"),
        ("https://x.example/s72-c/wall.jpg", "https://x.example/s72-c/wall.jpg"),
    ],
)  # fmt: skip
def test_a_thumbnail_is_shown_at_the_large_size_of_its_site(small: str, large: str) -> None:
    attached = choose_pictures([replace(_image(small, 72), height=72)], [])
    inline = parse_picture({"src": small})

    assert [picture.url for picture in attached] == [large]
    assert inline is not None
    assert inline.url == large


@pytest.mark.parametrize(
    "url",
    [
        "https://avatars.githubusercontent.com/u/1?s=30&v=4",
        "https://x.example/face.jpg",
        "https://blogger.googleusercontent.com/img/b/R29v/AVv/s35-c/me.jpg",
    ],
)
@pytest.mark.parametrize("side", [30, 48, 64])
def test_an_attached_face_is_no_picture_of_the_post(url: str, side: int) -> None:
    assert choose_pictures([replace(_image(url, side), height=side)], []) == ()
