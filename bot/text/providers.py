"""Embedded players of other sites: what they play, and the page where a person can open it."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

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
        "YouTube", _V,
        r"(?:youtube(?:-nocookie)?\.com/(?:embed/|e/|v/|shorts/|live/|watch/?\?(?:[^#]*&)?v=)|youtu\.be/)"
        r"(?!videoseries|live_stream)([\w-]{6,20})", r"https://www.youtube.com/watch?v=\1",
    ),
    _player("YouTube", _V,
            r"youtube(?:-nocookie)?\.com/(?:embed/(?:videoseries)?|playlist)\?(?:[^#]*&)?list=([\w-]+)",
            r"https://www.youtube.com/playlist?list=\1"),
    _player("Vimeo", _V, r"vimeo\.com/(?:video/)?(\d+)(?:\?(?:[^#]*&)?h=|/)([0-9a-f]{8,12})\b",
            r"https://vimeo.com/\1/\2"),
    _player("Vimeo", _V, r"vimeo\.com/(?:video/|(?:channels|groups|album|showcase)/[\w-]+/(?:videos?/)?)?(\d+)",
            r"https://vimeo.com/\1"),
    _player("Dailymotion", _V, r"(?:dailymotion\.com/(?:embed/)?video/|dai\.ly/)(\w+)",
            r"https://www.dailymotion.com/video/\1"),
    _player("Twitch", _V, r"clips\.twitch\.tv/embed\?(?:[^#]*&)?clip=([\w-]+)", r"https://clips.twitch.tv/\1"),
    _player("Twitch", _V, r"(?:clips\.twitch\.tv/(?!embed)[\w-]+|twitch\.tv/(?:videos/\d|\w+/clip/))"),
    _player("Twitch", _V, r"twitch\.tv/\?(?:[^#]*&)?video=v?(\d+)", r"https://www.twitch.tv/videos/\1"),
    _player("Twitch", _V, r"twitch\.tv/\?(?:[^#]*&)?channel=(\w+)", r"https://www.twitch.tv/\1"),
    _player("TikTok", _V, r"tiktok\.com/(?:embed|player)(?:/v\d)?/(\d+)", r"https://www.tiktok.com/embed/v2/\1"),
    _player("TikTok", _V, r"tiktok\.com/@[\w.-]+/video/\d+"),
    _player("Streamable", _V, r"streamable\.com/(?:[eos]/)?(\w+)", r"https://streamable.com/\1"),
    _player("Instagram", _V, r"instagram\.com/(?:[\w.]+/)?(p|reel|tv)s?/(?!audio\b)([\w-]+)",
            r"https://www.instagram.com/\1/\2/"),
    _player("Facebook", _V, r"facebook\.com/plugins/video\.php\?(?:[^#]*&)?href=([^&#]+)", r"\1"),
    _player("Facebook", _V, r"(?:facebook\.com/(?:[\w.-]+/videos/|watch/?\?(?:[^#]*&)?v=|reel/)\d|fb\.watch/\w)"),
    _player("Internet Archive", _V, r"archive\.org/embed/([\w.-]+)", r"https://archive.org/details/\1"),
    _player("TED", _V, r"embed\.ted\.com/talks/([\w./-]+)", r"https://www.ted.com/talks/\1"),
    _player("VideoPress", _V, r"(?:video\.wordpress|videopress)\.com/(?:embed|v)/(\w+)",
            r"https://videopress.com/v/\1"),
    _player("Spotify", _A,
            r"spotify\.com/(?:intl-[\w-]+/)?(?:embed(?:-podcast)?/)?(?:user/[^/?#]+/)?"
            r"(track|album|playlist|episode|show|artist)/(\w+)", r"https://open.spotify.com/\1/\2"),
    _player("Spotify", _A,
            r"spotify\.com/[^?#]*\?(?:[^#]*&)?uri=spotify(?::|%3A)(?:user(?::|%3A)[^:%&#]+(?::|%3A))?"
            r"(track|album|playlist|episode|show|artist)(?::|%3A)(\w+)", r"https://open.spotify.com/\1/\2"),
    _player("SoundCloud", _A, r"w\.soundcloud\.com/player/?\?(?:[^#]*&)?url=([^&#]+)", r"\1"),
    _player("SoundCloud", _A, r"soundcloud\.com/[\w-]+/[\w-]+"),
    _player("Bandcamp", _A, r"bandcamp\.com/(?:EmbeddedPlayer|track|album)\b"),
    _player("Apple Podcasts", _A, r"embed\.podcasts\.apple\.com/([^?#]+)", r"https://podcasts.apple.com/\1"),
    _player("Apple Podcasts", _A, r"podcasts\.apple\.com/"),
    _player("Apple Music", _A, r"embed\.music\.apple\.com/([^?#]+)", r"https://music.apple.com/\1"),
    _player("Apple Music", _A, r"music\.apple\.com/[\w-]+/(?:album|song|playlist|music-video)/"),
    _player("Mixcloud", _A, r"mixcloud\.com/widget/"),
    _player("Deezer", _A, r"widget\.deezer\.com/widget/\w+/(\w+)/(\d+)", r"https://www.deezer.com/\1/\2"),
)  # fmt: skip
_PEERTUBE = re.compile(r"^(https?://[^/?#]+)/(?:videos/embed|w|videos/watch)/([\w-]{20,})(?:[?#]|$)")
_OTHER_PLAYER = re.compile(r"^https?://[^/?#]+/(?:[^?#]*/)?(?:embed|player)(?:[/?._-]|$)", re.IGNORECASE)
_WIDGET = re.compile(
    r"""/button/?(?:[?#]|$) | ^https?://(?:[\w-]+\.)*?(?:
        google\.[\w.]+/(?:maps|calendar|forms)/ | substack\.com/embed | buttondown\.\w+/ | typeform\.com/ )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Frames of maps, forms and buttons, whose addresses look like those of players."""
_YOUTUBE_ID = re.compile(r"^https://www\.youtube\.com/watch\?v=([\w-]+)$")
_WRAPPER_HOSTS = ("embedly.com", "iframe.ly")
_INLINE_WRAPPER = re.compile(r"^https?://safe\.txmblr\.com/svc/embed/inline/([^/?#]+)")
_BARE_ADDRESS = re.compile(
    r"\s*(?:(https?://\S{1,2000})"
    r"|\[(?:embed|youtube|vimeo|soundcloud|spotify|video)\b[^\]\[]{0,100}?[\s=\]]\s{0,9}(https?://[^\s\[\]]{1,2000})"
    r"(?:\s[^\]\[]{0,200})?(?:\]|\[/\w{1,20}\]))\s*",
    re.IGNORECASE,
)
_MAX_LENGTH = 4_000
"""Characters of a frame's address, which may contain others."""
_WEB_ADDRESS = re.compile(r"https?://[^/?#]{1,253}(?:[/?#]|$)", re.IGNORECASE)
_MAX_PARAMETERS = 50
_VIDEO_ELEMENTS = {
    "lite-youtube": "https://www.youtube.com/watch?v={}",
    "amp-youtube": "https://www.youtube.com/watch?v={}",
    "lite-vimeo": "https://vimeo.com/{}",
    "amp-vimeo": "https://vimeo.com/{}",
}
"""Elements that load a player when a reader clicks on them, and the page of their video."""


def find_player(frame: str) -> Media | None:
    """Return what a frame with this address plays; None if it is not a player but an advertisement, form or widget."""
    frame = f"https:{frame}" if frame.startswith("//") else frame
    if len(frame) > _MAX_LENGTH or not _WEB_ADDRESS.match(frame):
        return None
    addresses = _wrapped(frame) or [frame]
    finders = (_known_player, _peertube, _other_player)
    found = (finder(address) for finder in finders for address in addresses)
    return next(filter(None, found), None)


def _known_player(frame: str) -> Media | None:
    for player in _PLAYERS:
        if match := player.frame.match(frame):
            page = safe_url(unquote(match.expand(player.page)) if player.page else frame)
            return Media(page, player.kind, provider=player.provider) if page else None
    return None


def _peertube(frame: str) -> Media | None:
    match = _PEERTUBE.match(frame)
    if match is None or not safe_url(frame):
        return None
    return Media(f"{match[1]}/w/{match[2]}", MediaKind.VIDEO, provider=host_of(frame))


def _other_player(frame: str) -> Media | None:
    is_player = _OTHER_PLAYER.match(frame) and not _WIDGET.search(frame)
    page = safe_url(frame) if is_player else ""
    return Media(page, MediaKind.VIDEO, provider=host_of(page)) if page else None


def _wrapped(frame: str) -> list[str]:
    """Return the addresses that a frame wraps, its page first; empty if it isn't a wrapper such as Embedly's."""
    if match := _INLINE_WRAPPER.match(frame):
        return [unquote(match[1])]
    parameters = _wrapper_parameters(frame)
    return [values[0] for name in ("url", "src") if (values := parameters.get(name))]


def _wrapper_parameters(frame: str) -> dict[str, list[str]]:
    if not host_of(frame).endswith(_WRAPPER_HOSTS):
        return {}
    try:
        return parse_qs(urlsplit(frame).query, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return {}


def still_of(frame: str) -> str:
    """Return the address of the still that a wrapper names in the frame's address; "" if there is none."""
    return safe_url(_wrapper_parameters(frame).get("image", [""])[0])


def player_from_element(tag: str, attributes: Mapping[str, str | None]) -> Media | None:
    """Return the video of an element such as `lite-youtube` or `oembed`; None for other elements."""
    if tag == "oembed":  # as CKEditor writes it
        return _known_player(attributes.get("url") or "")
    number = attributes.get("videoid") or attributes.get("data-videoid") or ""
    page = _VIDEO_ELEMENTS.get(tag)
    return find_player(page.format(number)) if page and number else None


def bare_player(text: str) -> Media | None:
    """Return the video or sound of a text that is only its address, perhaps as a shortcode; None for other texts."""
    match = _BARE_ADDRESS.fullmatch(text)
    return _known_player(match[1] or match[2]) if match else None


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
