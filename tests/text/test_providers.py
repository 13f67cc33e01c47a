import pytest

from bot.text.providers import bare_player, find_player, still_of

EMBEDLY = "https://cdn.embedly.com/widgets/media.html"


@pytest.mark.parametrize(
    ("frame", "provider", "page"),
    [
        ("https://www.youtube.com/embed/abcdefghijk?rel=0", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("//www.youtube-nocookie.com/embed/abcdefghijk", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://youtu.be/abcdefghijk", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "YouTube", "https://www.youtube.com/playlist?list=PL1"),
        ("https://player.vimeo.com/video/12?h=3", "Vimeo", "https://vimeo.com/12"),
        ("https://player.vimeo.com/video/12?title=0&h=0a1b2c3d4e", "Vimeo", "https://vimeo.com/12/0a1b2c3d4e"),
        ("https://vimeo.com/channels/staff/12", "Vimeo", "https://vimeo.com/12"),
        ("https://www.youtube.com/watch?time_continue=2&v=abcdefghijk", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/watch?v=abcdefghijk?feature=oembed", "YouTube", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/playlist?list=PL1", "YouTube", "https://www.youtube.com/playlist?list=PL1"),
        ("https://www.instagram.com/reels/AbC/", "Instagram", "https://www.instagram.com/reel/AbC/"),
        ("https://www.instagram.com/some.one/p/AbC/", "Instagram", "https://www.instagram.com/p/AbC/"),
        ("https://dai.ly/x1", "Dailymotion", "https://www.dailymotion.com/video/x1"),
        ("https://www.facebook.com/page/videos/12/", "Facebook", "https://www.facebook.com/page/videos/12/"),
        ("https://clips.twitch.tv/SomeClip-1", "Twitch", "https://clips.twitch.tv/SomeClip-1"),
        ("https://embed.spotify.com/?uri=spotify%3Atrack%3A1a2B&view=coverart", "Spotify", "https://open.spotify.com/track/1a2B"),
        ("https://embed.spotify.com/?uri=spotify:user:bees:playlist:1a2B", "Spotify", "https://open.spotify.com/playlist/1a2B"),
        ("https://open.spotify.com/intl-de/track/1a2B", "Spotify", "https://open.spotify.com/track/1a2B"),
        ("https://open.spotify.com/user/bees/playlist/1a2B", "Spotify", "https://open.spotify.com/playlist/1a2B"),
        ("https://music.apple.com/us/album/hum/1?i=2", "Apple Music", "https://music.apple.com/us/album/hum/1?i=2"),
        ("https://safe.txmblr.com/svc/embed/inline/https%3A%2F%2Fvimeo.com%2F12#embed-1", "Vimeo", "https://vimeo.com/12"),
        (f"{EMBEDLY}?src=https%3A%2F%2Fplayer.vimeo.com%2Fvideo%2F12&url=https%3A%2F%2Fvimeo.com%2F12", "Vimeo", "https://vimeo.com/12"),
        (f"{EMBEDLY}?src=https%3A%2F%2Fvids.example%2Fembed%2F12", "vids.example", "https://vids.example/embed/12"),
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
        EMBEDLY,
        "https://www.google.com/maps/embed?pb=!1m18",
        "https://calendar.google.com/calendar/embed?src=a",
        "https://garden.substack.com/embed",
        f"{EMBEDLY}?url=javascript%3Aalert(1)",
        f"{EMBEDLY}?" + "a=b&" * 100_000,
        "https://like.example/in/embed/someone/button",
        "https://www.instagram.com/reels/audio/1/",
    ],
)
def test_other_frames_are_not_players(frame: str) -> None:
    assert find_player(frame) is None


def test_a_wrapper_names_the_still_of_its_player() -> None:
    assert still_of(f"{EMBEDLY}?url=x&image=https%3A%2F%2Fi.example%2Fa.jpg") == "https://i.example/a.jpg"
    assert still_of("https://vimeo.com/12?image=https%3A%2F%2Fi.example%2Fa.jpg") == ""


@pytest.mark.parametrize(
    "text",
    [
        "https://vimeo.com/12",
        " \n https://vimeo.com/12\n",
        "[embed]https://vimeo.com/12[/embed]",
        "[vimeo https://vimeo.com/12 w=540&h=304]",
        "[vimeo url=https://vimeo.com/12]",
    ],
)
def test_an_address_that_stands_alone_is_a_player(text: str) -> None:
    player = bare_player(text)

    assert player is not None
    assert player.url == "https://vimeo.com/12"


@pytest.mark.parametrize(
    "text", ["see https://vimeo.com/12", "https://example.com/embed/1", "[vimeo 12]", ""]
)
def test_other_texts_are_not_a_player(text: str) -> None:
    assert bare_player(text) is None
