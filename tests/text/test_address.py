"""Addresses of feeds as they are shown: readable, and without secrets."""

import random
import string
from hashlib import sha256
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.address import (
    NAMES_VERSION,
    has_secret,
    hide_secrets,
    label_of,
    safe_title,
    secrets_of,
    without_secrets,
)

HEX = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
UUID = "8f14e45f-ceea-467f-a1c6-2b5d8f3c9a10"
MIXED = "aB3dE9fG7hK2mN5pQ8rS"
BASE64 = "Xa3_-9dQ2kLm-Pq7Rs_T8uVwXyZ01"

PATHS = [
    ("/f?k=abc", "/f?k=***", "/f"),
    ("/f?jwt=abc", "/f?jwt=***", "/f"),
    ("/f?userkey=abc", "/f?userkey=***", "/f"),
    ("/f?userKey=abc&page=2", "/f?userKey=***&page=2", "/f"),
    ("/f?auth=abc", "/f?auth=***", "/f"),
    ("/f?oauth=abc", "/f?oauth=***", "/f"),
    ("/f?authkey=abc", "/f?authkey=***", "/f"),
    ("/f?Authorization=abc", "/f?Authorization=***", "/f"),
    ("/f?feed_token=glft-abc", "/f?feed_token=***", "/f"),
    ("/f?accessToken=abc", "/f?accessToken=***", "/f"),
    ("/f?wltoken=abc&action=feed", "/f?wltoken=***&action=feed", "/f?action=feed"),
    ("/f?torrent_pass=abc", "/f?torrent_pass=***", "/f"),
    ("/f?passkey=abc", "/f?passkey=***", "/f"),
    ("/f?os_password=abc", "/f?os_password=***", "/f"),
    ("/f?X-Amz-Signature=abc", "/f?X-Amz-Signature=***", "/f"),
    ("/f?Key-Pair-Id=abc", "/f?Key-Pair-Id=***", "/f"),
    ("/f?PHPSESSID=abc", "/f?PHPSESSID=***", "/f"),
    ("/f?a=1;sig=abc", "/f?a=1;sig=***", "/f"),
    ("/f?%6bey=abc", "/f?%6bey=***", "/f"),
    ("/f?r=" + HEX, "/f?r=***", "/f"),
    ("/f?" + HEX, "/f?***", "/f"),
    ("/f?user=ann&feed=" + HEX, "/f?user=ann&feed=***", "/f?user=ann"),
    ("/f?id=" + UUID, "/f?id=***", "/f"),
    ("/f?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/f?x=***", "/f"),
    ("/f?x=a%2Fb%2B9zQ8rT5kXw3LmP%3D%3D", "/f?x=***", "/f"),
    (f"/rss/{HEX}/all.xml", "/rss/***/all.xml", "/rss/***/all.xml"),
    (f"/rss/{HEX}.xml", "/rss/***.xml", "/rss/***.xml"),
    (f"/rss/{UUID}", "/rss/***", "/rss/***"),
    (f"/private/{UUID}.rss", "/private/***.rss", "/private/***.rss"),
    (f"/u/{MIXED}/feed", "/u/***/feed", "/u/***/feed"),
    (f"/u/{BASE64}/feed", "/u/***/feed", "/u/***/feed"),
    (
        f"/ical/ann%40g.example/private-{HEX}/basic",
        "/ical/ann%40g.example/private-***/basic",
        "/ical/ann%40g.example/private-***/basic",
    ),
    (f"/rss/secret:{HEX[:12]}/u:ann/", "/rss/secret:***/u:ann/", "/rss/secret:***/u:ann/"),
    ("/feed/token/h4x0r/rss", "/feed/token/***/rss", "/feed/token/***/rss"),
    ("/feed/key=abc/rss", "/feed/key=***/rss", "/feed/key=***/rss"),
    ("/rss;jsessionid=abc", "/rss;jsessionid=***", "/rss"),
    ("/feeds/qzxkvbnmpwlrtyhgfdsa.xml", "/feeds/***.xml", "/feeds/***.xml"),
    ("/r?url=https%3A%2F%2Fann%3Apw%40b.example%2Ff%3Ftoken%3Dabc", "/r?url=https://b.example/f?token=***", "/r"),
    ("/r/https://ann:pw@b.example/f", "/r/https://b.example/f", "/r/https://b.example/f"),
    ("/f#access_token=abc", "/f#access_token=***", "/f"),
]  # fmt: skip
"""A path at g.example, how `check` and the log show it, and how Discord does."""

SECRET = [
    *(
        (f"https://g.example{path}", f"https://g.example{shown}", f"g.example{label}")
        for path, shown, label in PATHS
    ),
    ("https://ann:opensesame@garden.example/rss", "https://garden.example/rss", "garden.example/rss"),
    ("https://opensesame@garden.example/rss", "https://garden.example/rss", "garden.example/rss"),
    (f"https://{HEX}.feeds.example/rss", "https://***.feeds.example/rss", "***.feeds.example/rss"),
]

READABLE = [
    "https://garden.example/",
    "https://garden.example/feed.xml",
    "https://garden.example/2026/11/27/a-long-day-in-the-garden-of-my-grandmother/",
    "https://garden.example/blog/2024-11-05-reviewing-the-sony-wh1000xm5-vs-bose-qc45.html",
    "https://garden.example/p/3f2a9c8b7d6e",
    "https://garden.example/how-to-grow-leeks-3f2a9c8b7d6e",
    f"https://garden.example/posts/{UUID}",
    f"https://feeds.acast.example/public/shows/{UUID}",
    "https://www.youtube.com/feeds/videos.xml?channel_id=UCXuqSBlHAE6Xw-yeJA0Tunw",
    "https://www.youtube.com/feeds/videos.xml?playlist_id=PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
    "https://www.youtube.com/channel/UCXuqSBlHAE6Xw-yeJA0Tunw",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtu.be/dQw4w9WgXcQ",
    "https://rsshub.example/youtube/channel/UCXuqSBlHAE6Xw-yeJA0Tunw",
    "https://mastodon.example/@ann.rss",
    "https://mastodon.example/@ann/112233445566778899",
    "https://mastodon.example/users/ann/statuses/112233445566778899",
    "https://mastodon.example/tags/leeks.rss",
    "https://pleroma.example/notice/AXyZ9hDr1XbMxtzyEb",
    "https://bsky.example/profile/did:plc:z72i7hdynmk6r22z27h6tvur/rss",
    "https://example.tumblr.com/rss",
    "https://example.tumblr.com/tagged/long+exposure/rss",
    "https://example.tumblr.com/tagged/%E6%98%9F%E7%A9%BA/rss",
    "https://example.tumblr.com/tagged/supercalifragilisticexpialidocious",
    "https://example.tumblr.com/tagged/secret/rss",
    "https://example.tumblr.com/tagged/rechtsschutzversicherungsgesellschaften/rss",
    "https://example.tumblr.com/post/736339394445918208/a-slug-of-the-post",
    "https://secret-garden.example/secret/garden/feed.xml",
    "https://garden.example/token/economics/feed",
    "https://garden.example/author/ann/feed",
    "https://garden.example/?feed=rss2&cat=12&author=ann",
    "https://garden.example/?s=leeks&feed=rss2",
    "https://garden.example/?p=12345",
    "https://garden.example/feed?tag=c%2B%2B&lang=en-GB",
    "https://garden.example/feed?tags=leeks,peas,beans",
    "https://garden.example/feed?keyword=leeks&keywords=peas",
    "https://garden.example/feed?since=2026-01-01T00:00:00Z",
    "https://news.example/rss/search?q=growing+leeks&hl=en-US&gl=US&ceid=US:en",
    "https://news.example/rss/topics/CAAqJggKIiBDQkFTRWdvSUwyMHZNRGRqTVhZU0FtVnVHZ0pWVXlnQVAB",
    "https://github.example/ann/garden/commits/main.atom",
    "https://github.example/ann/garden/commit/6dcb09b5b57875f334f61aebed695e2e4193db5e",
    "https://github.example/ann/garden/releases.atom",
    "https://gitlab.example/ann/garden/-/tags?format=atom",
    "https://reddit.example/r/gardening/comments/1abc2de/my_first_leeks/.rss",
    "https://feeds.megaphone.fm/VMP5705694065",
    "https://feeds.simplecast.example/54nAGcIl",
    "https://anchor.example/s/1a2b3c4d/podcast/rss",
    "https://feeds.soundcloud.com/users/soundcloud:users:123456789/sounds.rss",
    "https://podcasts.example/podcast/garden-talk/id1200361736",
    "https://open.spotify.example/show/4rOoJ6Egrf8K2IrywzwOMk",
    "https://steam.example/feeds/news/app/570/?cc=DE&l=german",
    "https://blogger.example/feeds/1234567890123456789/posts/default?alt=rss",
    "https://alerts.example/feeds/01234567890123456789/12345678901234567890",
    "https://flickr.example/services/feeds/photos_public.gne?id=12345678@N00&format=rss_200",
    "https://medium.example/feed/@ann/tagged/machine-learning",
    "https://forum.example/t/growing-leeks/12345.rss",
    "https://wiki.example/index.php?title=Special:RecentChanges&feed=atom",
    "https://doi.example/10.1145/3544548.3581402",
    "https://xn--bcher-kva.example/feed",
    "https://xn--80aswg3bjkzxcvqwe4r5t6y.example/feed",
    "http://192.0.2.17:8080/MyPodcastFeed2024/index.rss",
    "http://[2001:db8::1]/feed",
    "https://bridge.example/?action=display&bridge=Instagram&u=ann&format=Atom",
    "https://photos.example/IMG_20240518_123456789.jpg",
    "https://shop.example/iPhone15ProMaxCaseReview",
    "https://garden.example/covid19pandemic2020timeline/",
]


@pytest.mark.parametrize(("url", "shown", "label"), SECRET)
def test_a_secret_in_an_address_is_not_shown(url: str, shown: str, label: str) -> None:
    assert without_secrets(url) == shown
    assert label_of(url) == label
    assert has_secret(url)
    assert hide_secrets(f"GET {url}, then") == f"GET {shown}, then"


@pytest.mark.parametrize("url", READABLE)
def test_an_ordinary_address_stays_readable(url: str) -> None:
    assert without_secrets(url) == url
    assert not has_secret(url)
    assert secrets_of(url) == ()
    assert hide_secrets(f"GET {url}, then") == f"GET {url}, then"


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UCXuqSBlHAE6Xw-yeJA0Tunw",
         "youtube.com/feeds/videos.xml?channel_id=UCXuqSBlHAE6Xw-yeJA0Tunw"),
        ("https://garden.example/?utm_source=x&tag=leeks&page=2", "garden.example/?tag=leeks"),
        ("https://garden.example/?id=abc7def", "garden.example/"),
        ("https://example.tumblr.com/tagged/long+exposure/rss", "example.tumblr.com/tagged/long+exposure/rss"),
        ("not an address", "a feed"),
    ],
)  # fmt: skip
def test_a_label_has_the_parameters_that_say_which_feed_this_is(url: str, label: str) -> None:
    assert label_of(url) == label


NAMES = ("1", "7b8fc0c064f87b09")
"""The version of the names, and a hash of the examples above."""


def test_other_names_get_another_version() -> None:
    urls = [*(url for url, *_ in SECRET), *READABLE]
    names = [(label_of(url), safe_title(f"Notes of {url}", url)) for url in urls]

    found = sha256(repr(names).encode()).hexdigest()[:16]

    assert (NAMES_VERSION, found) == NAMES, "increase NAMES_VERSION, and write it and the hash here"


ALPHABETS = {
    "hex": "0123456789abcdef",
    "base32": "abcdefghijklmnopqrstuvwxyz234567",
    "base36": string.digits + string.ascii_lowercase,
    "base62": string.digits + string.ascii_letters,
    "base64": string.digits + string.ascii_letters + "-_",
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("length", [20, 32, 43])
def test_random_parts_are_hidden(alphabet: str, length: int) -> None:
    rng = random.Random(f"{alphabet} {length}")
    keys = ["".join(rng.choices(ALPHABETS[alphabet], k=length)) for _ in range(500)]

    shown = [without_secrets(f"https://garden.example/rss/{key}/feed").split("/")[4] for key in keys]

    hidden = sum(each.strip("-_") == "***" for each in shown)
    assert hidden >= 0.99 * len(keys)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_shown(text: str) -> None:
    url = f"https://garden.example/{text}"

    assert isinstance(label_of(url), str)
    assert "opensesame" not in without_secrets(f"{url}?token=opensesame").partition("#")[0]
    assert without_secrets(without_secrets(text)) == without_secrets(text)


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + "+/=&?#@:-_. ", min_size=6))
def test_a_known_secret_is_hidden_in_any_text(secret: str) -> None:
    known = secrets_of(f"https://garden.example/rss?token={quote(secret, safe='')}")

    assert secret not in hide_secrets(f"Feed of {secret} x", known)
