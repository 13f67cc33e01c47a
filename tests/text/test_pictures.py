import pytest

from bot.model import Media, MediaKind
from bot.text.pictures import choose_pictures, largest_candidate, parse_picture
from bot.text.providers import find_player


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
def test_the_largest_candidate_of_a_srcset_is_taken(srcset: str, url: str) -> None:
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
def test_a_picture_is_shown_at_its_sharpest_or_not_at_all(
    attributes: dict[str, str | None], url: str | None
) -> None:
    found = parse_picture(attributes)

    assert (found.url if found else None) == url


def test_the_sources_beside_a_picture_are_sharper_than_its_src() -> None:
    found = parse_picture(
        {"src": "https://x.example/a.jpg", "alt": " A  tree "}, ["https://x.example/b.webp 900w"]
    )

    assert found == Media("https://x.example/b.webp", MediaKind.IMAGE, alt="A tree")


def test_a_gallery_begins_with_what_the_feed_names_and_ends_with_its_thumbnails() -> None:
    thumbnail, named, inside = (_image(f"https://x.example/{name}", width) for name, width in _SIZES)

    assert choose_pictures([thumbnail, named], [inside]) == (named, inside, thumbnail)


_SIZES = (("thumbnail.jpg", 90), ("cover.jpg", None), ("inside.jpg", None))


def test_the_sizes_of_one_picture_are_shown_once_and_largest() -> None:
    small = _image("https://x.example/garden-in-spring-300x200.jpg?w=300", 300)
    large = _image("https://cdn.example/garden-in-spring-1200x800.jpg?w=1200", 1200)

    assert choose_pictures([small], [large]) == (large,)


def test_sounds_and_films_are_no_pictures() -> None:
    assert choose_pictures([Media("https://x.example/a.jpg", MediaKind.VIDEO)], []) == ()


def _image(url: str, width: int | None) -> Media:
    return Media(url, MediaKind.IMAGE, width=width)


@pytest.mark.parametrize(
    ("frame", "provider", "page"),
    [
        ("https://www.youtube.com/embed/abcdefghijk?rel=0", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("//www.youtube-nocookie.com/embed/abcdefghijk", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://youtu.be/abcdefghijk", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "YouTube", "https://www.youtube.com/playlist?list=PL1"),
        ("https://player.vimeo.com/video/12?h=3", "Vimeo", "https://vimeo.com/12"),
        ("https://open.spotify.com/embed/album/1a2B?x=1", "Spotify", "https://open.spotify.com/album/1a2B"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&x=1", "SoundCloud", "https://soundcloud.com/a/b"),
        ("https://bandcamp.com/EmbeddedPlayer/album=1/", "Bandcamp", "https://bandcamp.com/EmbeddedPlayer/album=1/"),
        ("https://www.tiktok.com/@a.b/video/12", "TikTok", "https://www.tiktok.com/@a.b/video/12"),
        ("https://player.twitch.tv/?video=v12&parent=x", "Twitch", "https://www.twitch.tv/videos/12"),
        ("https://www.dailymotion.com/embed/video/x1", "Dailymotion", "https://www.dailymotion.com/video/x1"),
        ("https://embed.podcasts.apple.com/us/podcast/a/id1?i=2", "Apple Podcasts", "https://podcasts.apple.com/us/podcast/a/id1"),
        ("https://tube.example/videos/embed/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", "tube.example", "https://tube.example/w/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"),
    ],
)  # fmt: skip
def test_a_player_is_linked_where_a_person_can_open_it(frame: str, provider: str, page: str) -> None:
    found = find_player(frame)

    assert found is not None
    assert (found.provider, found.url) == (provider, page)


@pytest.mark.parametrize(
    "frame",
    [
        "https://ads.example/banner",
        "https://notyoutube.com.example/x",
        "javascript:alert(1)",
        "",
        "about:blank",
    ],
)
def test_a_frame_that_is_no_player_is_nothing(frame: str) -> None:
    assert find_player(frame) is None
