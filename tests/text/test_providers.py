import pytest

from bot.text.providers import find_player


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
def test_a_player_becomes_a_link_to_its_page(frame: str, provider: str, page: str) -> None:
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
def test_other_frames_are_not_players(frame: str) -> None:
    assert find_player(frame) is None
