"""Replace Tumblr's figures of videos and sounds with plain elements. Pure."""

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs, unquote, urlsplit

from selectolax.lexbor import LexborNode

from bot.source.tumblr.redirects import direct_url
from bot.source.tumblr.tree import element, inner_first, parse_npf, replace_content, url_in
from bot.source.values import text_of
from bot.text.links import host_of, safe_url
from bot.text.providers import find_player, player_from_title

_PROVIDERS = {
    "youtube": "YouTube", "soundcloud": "SoundCloud", "tiktok": "TikTok", "dailymotion": "DailyMotion",
    "deviantart": "DeviantArt", "ted": "TED",
}  # fmt: skip
_TEXT_SITES = frozenset({"Twitter", "X", "Bsky", "Bluesky", "Threads", "Mastodon"})
"""Sites whose posts Tumblr embeds too. There is nothing to watch at most of them."""
_MAX_DECODINGS = 3
_SPOTIFY_URI = "spotify:"


def replace_players(body: LexborNode) -> None:
    """Replace players with `<video>` or `<audio>` of the file, or `<iframe>` of the page at another site."""
    for figure in inner_first(body, "figure"):
        _replace_player(figure)
    for player in inner_first(body, "iframe.tumblr_audio_player"):
        _replace_audio_player(player)
    for video in body.css("video:not([src])"):
        _set_video_source(video)


def _replace_player(figure: LexborNode) -> None:
    """Replace the figure's player with what the figure's attributes say; without a usable word there, keep it."""
    attributes = figure.attributes
    npf = parse_npf(attributes.get("data-npf"))
    data_url = attributes.get("data-url")
    provider = attributes.get("data-provider") or text_of(npf, "provider")
    for name in ("data-url", "data-provider"):
        if name in attributes:
            del figure.attrs[name]
    file, poster = url_in(npf.get("media")), url_in(npf.get("poster"))
    page = page_url(data_url or "") or page_url("" if file else text_of(npf, "url"))
    content = _inner_player(figure, poster)
    if find_player(page):
        content = element("iframe", src=page, title=_provider(provider), poster=poster)
    if not content and file and text_of(npf, "type") in {"video", "audio"}:
        content = element(text_of(npf, "type"), src=file, poster=poster)
    if not content and page and figure.css_first("video, audio, img, blockquote, p") is None:
        content = _unknown_player(page, text_of(npf, "type"), provider, poster)
    if content:
        replace_content(figure, content, keep="figcaption")


def page_url(address: str) -> str:
    """Return the address that Tumblr gives for an embedded player, decoded; "" if it is not usable.

    Tumblr percent-encodes the whole address.
    """
    for _ in range(_MAX_DECODINGS):
        if "://" not in address:
            address = unquote(address)
    address = direct_url(address.strip())
    if address.startswith(_SPOTIFY_URI):
        address = f"https://embed.spotify.com/?uri={address}"
    return address if safe_url(address) else ""


def _inner_player(figure: LexborNode, poster: str) -> str:
    """Return the player that is in the figure; "" if there is none that is known."""
    frames = (_frame_url(frame.attributes) for frame in figure.css("iframe, embed, blockquote")[:8])
    known = next((frame for frame in frames if find_player(frame)), "")
    return element("iframe", src=known, poster=poster) if known else ""


def _frame_url(attributes: Mapping[str, str | None]) -> str:
    names = ("src", "data-src", "data-instgrm-permalink", "cite")
    return next(filter(None, map(attributes.get, names)), "")


def _unknown_player(page: str, kind: str, provider: str, poster: str) -> str:
    """Return a player of a page at an unknown site; a link if the post does not say that it plays something."""
    name = _provider(provider)
    if player_from_title(page, name) and name not in _TEXT_SITES:
        return element("iframe", src=page, title=name, poster=poster)
    if kind in {"video", "audio"}:
        return element(kind, src=page, poster=poster)
    label = name or host_of(page)
    return f'<p><a href="{escape(page)}">{escape(label)}</a></p>'


def _provider(word: str) -> str:
    return _PROVIDERS.get(word.lower(), word[:1].upper() + word[1:])


def _replace_audio_player(player: LexborNode) -> None:
    """Replace Tumblr's audio player with the file that its address names."""
    query = urlsplit((player.attributes.get("src") or "").replace("&amp;", "&")).query
    if file := parse_qs(query).get("audio_file", [""])[0]:
        audio = player.parser.create_node("audio")
        audio.attrs["src"] = file
        player.replace_with(audio)


def _set_video_source(video: LexborNode) -> None:
    """Move the address of the video's first source to the video itself."""
    source = video.css_first("source[src]")
    if source is not None and (address := source.attributes.get("src")):
        video.attrs["src"] = address
        source.decompose()
