import pytest

from bot.text.links import safe_url


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/a?b=c#d", "https://x.example/a?b=c#d"),
        ("HTTPS://X.Example/ä b", "https://x.example/%C3%A4%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://x.example/(a)[b]<c>", "https://x.example/%28a%29%5Bb%5D%3Cc%3E"),
        ("https://x.example/%C3%A4", "https://x.example/%C3%A4"),
        ("https://social.example/@everyone/1", "https://social.example/%40everyone/1"),
        ("https://x.example:8443/", "https://x.example:8443/"),
        ("https://x.example/\n a", "https://x.example/%20a"),
        ("http://localhost/", ""),
        ("http://[::1]/", ""),
        ("https://user:secret@x.example/", ""),
        ("https://x.example:99999/", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("/relative", ""),
        ("https://discord.gg/abc", ""),
        ("https://www.discord.com/invite/abc", ""),
        ("https://x.example/" + "a" * 2048, ""),
        ("https://" + "a" * 70 + ".example/", ""),
        ("", ""),
    ],
)
def test_only_a_web_address_that_discord_accepts_is_safe(url: str, safe: str) -> None:
    assert safe_url(url) == safe
