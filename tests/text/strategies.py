"""Entries as hostile and as odd as a feed can make them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.model import Entry, Media, MediaKind

_NASTY = (
    "@everyone", "@here", "<@123>", "<@!123>", "<@&456>", "<#789>", "<:star:1>", "<a:star:1>", "<t:1700000000:R>",
    "</ban:123>", "<id:customize>", "discord.gg/abc", "https://discord.com/invite/abc", ":smile:", "@everyone @here",
    "**", "__", "~~", "||", "`", "```", "# ", "> ", ">>> ", "- ", "1. ", "-# ", "](", "[x](https://evil.example)",
    "\\\\", "&amp;#64;everyone", "&lt;@123&gt;", "&#xD800;", "\ud800", "\0", "\u202e", "\u2067", "\u0301" * 40,
    "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "각", "กำ", "क्ष",
    "سلام", "שלום", "星の夜。", "https://garden.example/a_b_c", "@", "<", "everyone",
    "\u3164", "\u200b", " ", "\n", "word ", "A sentence ends here. ", "lang" * 80,
)  # fmt: skip
_TAGS = (
    "p", "b", "i", "u", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h3", "a", "table", "tr", "td",
    "details", "summary", "sup", "q", "abbr", "span class=spoiler", "figure", "script", "title", "svg", "hr", "br",
    "a href=https://garden.example/1", "a href='javascript:alert(1)'", "a href=https://x.example/@everyone",
    "a href=https://discord.gg/abc", "img src=https://x.example/a.jpg alt='@everyone'", "img src=x",
    "video src=//x.example/v.mp4",
    "iframe src=https://www.youtube.com/embed/abcdefghijk", "blockquote data-author='@here' cite=https://x.example/1",
    "pre class=language-<@1>",
)  # fmt: skip

CLUSTERS = (
    "a", "é", "e\u0301", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "각", "각", "กำ", "क्ष", "❤️", " ", ".", "。", "星", "1\ufe0f\u20e3",
)  # fmt: skip
"""Characters as a reader sees them, some of several code points."""

nasty_text = st.lists(st.one_of(st.sampled_from(_NASTY), st.text(max_size=6)), max_size=12).map("".join)
html = st.lists(
    st.one_of(
        st.sampled_from(_NASTY),
        st.sampled_from(_TAGS).map("<{}>".format),
        st.sampled_from(_TAGS).map(lambda tag: f"</{tag.split()[0]}>"),
        st.text(max_size=6),
    ),
    max_size=20,
).map("".join)
long_html = st.builds(lambda part, times: part * times, html, st.integers(1, 25))
urls = st.one_of(
    st.sampled_from(
        (
            "", "https://garden.example/1", "http://localhost/x", "javascript:alert(1)", "https://x.example/@everyone",
            "https://discord.gg/abc", "https://ü.example/ö", "https://x.example/" + "a" * 1990, "//x.example", "https://[::1]/",
            "https://x.example/(a) [b] *c* __d__", "https://x.example:99999/", "https://user:pw@x.example/",
        )
    ),
    st.text(max_size=20).map("https://x.example/{}".format),
)  # fmt: skip
media = st.builds(
    Media,
    urls,
    st.sampled_from(list(MediaKind)),
    st.none() | st.integers(0, 3000),
    st.none(),
    nasty_text,
    nasty_text,
)
entries = st.builds(
    Entry,
    link=urls,
    title=nasty_text,
    content=st.one_of(html, long_html),
    summary=html,
    authors=st.lists(nasty_text, max_size=3).map(tuple),
    tags=st.lists(nasty_text, max_size=5).map(tuple),
    media=st.lists(media, max_size=4).map(tuple),
    published=st.none() | st.just(datetime(2024, 5, 1, tzinfo=UTC)),
)
