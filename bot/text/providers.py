"""Embedded players of other sites: what they play, and the page where a person can open it."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from bot.model import Media, MediaKind
from bot.text.links import host_of, safe_url


class _Player(NamedTuple):
    provider: str
    kind: MediaKind
    frame: re.Pattern[str]
    page: str
    """Template for the address of the page, with the groups of `frame`; "" for the frame's own address."""


def _player(provider: str, kind: MediaKind, frame: str, page: str = "") -> _Player:
    return _Player(provider, kind, re.compile(rf"^https?://(?:[\w-]+\.)*?{frame}", re.IGNORECASE), page)


_V, _A = MediaKind.VIDEO, MediaKind.AUDIO
_PLAYERS = (
    _player(
        "YouTube", _V, r"(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|shorts/|live/|watch\?(?:[^#]*&)?v=)|youtu\.be/)"
        r"(?!videoseries)([\w-]{6,20})", r"https://www.youtube.com/watch?v=\1",
    ),
    _player("YouTube", _V, r"youtube(?:-nocookie)?\.com/embed/(?:videoseries)?\?(?:[^#]*&)?list=([\w-]+)",
            r"https://www.youtube.com/playlist?list=\1"),
    _player("Vimeo", _V, r"vimeo\.com/(?:video/)?(\d+)", r"https://vimeo.com/\1"),
    _player("Dailymotion", _V, r"dailymotion\.com/(?:embed/)?video/(\w+)", r"https://www.dailymotion.com/video/\1"),
    _player("Twitch", _V, r"clips\.twitch\.tv/embed\?(?:[^#]*&)?clip=([\w-]+)", r"https://clips.twitch.tv/\1"),
    _player("Twitch", _V, r"twitch\.tv/\?(?:[^#]*&)?video=v?(\d+)", r"https://www.twitch.tv/videos/\1"),
    _player("Twitch", _V, r"twitch\.tv/\?(?:[^#]*&)?channel=(\w+)", r"https://www.twitch.tv/\1"),
    _player("TikTok", _V, r"tiktok\.com/(?:embed|player)(?:/v\d)?/(\d+)", r"https://www.tiktok.com/embed/v2/\1"),
    _player("TikTok", _V, r"tiktok\.com/@[\w.-]+/video/\d+"),
    _player("Streamable", _V, r"streamable\.com/(?:[eos]/)?(\w+)", r"https://streamable.com/\1"),
    _player("Instagram", _V, r"instagram\.com/(p|reel|tv)/([\w-]+)", r"https://www.instagram.com/\1/\2/"),
    _player("Facebook", _V, r"facebook\.com/plugins/video\.php\?(?:[^#]*&)?href=([^&#]+)", r"\1"),
    _player("Internet Archive", _V, r"archive\.org/embed/([\w.-]+)", r"https://archive.org/details/\1"),
    _player("TED", _V, r"embed\.ted\.com/talks/([\w./-]+)", r"https://www.ted.com/talks/\1"),
    _player("VideoPress", _V, r"(?:video\.wordpress|videopress)\.com/(?:embed|v)/(\w+)",
            r"https://videopress.com/v/\1"),
    _player("Spotify", _A, r"spotify\.com/(?:embed(?:-podcast)?/)?(track|album|playlist|episode|show|artist)/(\w+)",
            r"https://open.spotify.com/\1/\2"),
    _player("SoundCloud", _A, r"w\.soundcloud\.com/player/?\?(?:[^#]*&)?url=([^&#]+)", r"\1"),
    _player("SoundCloud", _A, r"soundcloud\.com/[\w-]+/[\w-]+"),
    _player("Bandcamp", _A, r"bandcamp\.com/(?:EmbeddedPlayer|track|album)\b"),
    _player("Apple Podcasts", _A, r"embed\.podcasts\.apple\.com/([^?#]+)", r"https://podcasts.apple.com/\1"),
    _player("Apple Podcasts", _A, r"podcasts\.apple\.com/"),
    _player("Apple Music", _A, r"embed\.music\.apple\.com/([^?#]+)", r"https://music.apple.com/\1"),
    _player("Mixcloud", _A, r"mixcloud\.com/widget/"),
    _player("Deezer", _A, r"widget\.deezer\.com/widget/\w+/(\w+)/(\d+)", r"https://www.deezer.com/\1/\2"),
)  # fmt: skip
_PEERTUBE = re.compile(r"^(https?://[^/?#]+)/(?:videos/embed|w|videos/watch)/([\w-]{20,})(?:[?#]|$)")
_OTHER_PLAYER = re.compile(r"^https?://[^/?#]+/(?:[^?#]*/)?(?:embed|player)(?:[/?._-]|$)", re.IGNORECASE)
_YOUTUBE_ID = re.compile(r"^https://www\.youtube\.com/watch\?v=([\w-]+)$")


def find_player(frame: str) -> Media | None:
    """Return what a frame with this address plays; None if it is not a player but an advertisement, form or widget."""
    frame = f"https:{frame}" if frame.startswith("//") else frame
    for player in _PLAYERS:
        if match := player.frame.match(frame):
            page = safe_url(unquote(match.expand(player.page)) if player.page else frame)
            return Media(page, player.kind, provider=player.provider) if page else None
    if match := _PEERTUBE.match(frame):
        page = f"{match[1]}/w/{match[2]}"
        return Media(page, MediaKind.VIDEO, provider=host_of(frame)) if safe_url(frame) else None
    if _OTHER_PLAYER.match(frame) and (page := safe_url(frame)):
        return Media(page, MediaKind.VIDEO, provider=host_of(frame))
    return None


def player_from_title(frame: str, title: str) -> Media | None:
    """Return the video of a frame whose title is the name of its site; None if title and site differ."""
    page = safe_url(frame)
    if page and title and title.isalnum() and title.lower() in host_of(page).split("."):
        return Media(page, MediaKind.VIDEO, provider=title)
    return None


def is_known_player(url: str) -> bool:
    """Return whether this is the address of a known site's player."""
    return any(player.frame.match(url) for player in _PLAYERS)


def thumbnail_of(video: Media) -> str:
    """Return the address of a video's thumbnail; "" if it cannot be derived from the video's address."""
    match = _YOUTUBE_ID.match(video.url)
    return f"https://i.ytimg.com/vi/{match[1]}/hqdefault.jpg" if match else ""
