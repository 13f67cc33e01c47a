"""Documents that one feed serves one after another, and the links of the posts that must be owed in the end.

The first document of each is the baseline. `tests/data/databases/README.md` says where they are stored in an old form.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.model import Entry

SITE = "https://site.example.org"
DAY = timedelta(days=1)
START = datetime(2026, 10, 2, 12, 30, 7, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 2, tzinfo=UTC)
POND = "The pond was full to the brim after the rain, and the frogs were loud until the morning came."
HEDGE = "We cut the hedge along the lane this week and left the cuttings for the wrens that nest in its lower half."


@dataclass(frozen=True)
class Case:
    """What is served, and what must come of it."""

    documents: tuple[tuple[Entry, ...], ...]
    expected: tuple[str, ...] = ()


def post(number: int, **fields: object) -> Entry:
    """One of many posts, each with its own guid, link, words and date."""
    values: dict[str, object] = {
        "guid": f"{SITE}/?p={number}",
        "link": f"{SITE}/posts/{number}",
        "title": f"Walk {number} along the river",
        "text": f"On day {number} we met {number * 7} herons and {number * 3} anglers; the water rose {number} inches.",
        "published": START + number * DAY,
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]  # the fields of a test's own posts


def _posts(*numbers: int) -> tuple[Entry, ...]:
    return tuple(post(number) for number in sorted(numbers, reverse=True))


def _latest(*entries: Entry) -> tuple[tuple[Entry, ...], ...]:
    """Documents that have the newest post only."""
    return tuple((entry,) for entry in entries)


def _strip(number: int, **fields: object) -> Entry:
    texts = ("A snail sets out.", "The snail meets a frog.", "It rains on both.", "Under a leaf they wait.")
    values: dict[str, object] = {
        "guid": f"s{number}",
        "link": f"{SITE}/today",
        "title": f"Strip {number}: the {('snail', 'frog', 'rain', 'leaf')[number]}",
        "text": texts[number],
        "published": START + number * DAY,
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]  # as above


def _moved(entry: Entry, **fields: object) -> Entry:
    number = entry.link.rpartition("/")[2]
    values: dict[str, object] = {"guid": f"new-{number}", "link": f"https://river.example.net/{number}.html"}
    return replace(entry, **{**values, **fields})  # type: ignore[arg-type]  # as above


_LIVE = Entry(guid="v41", link=f"{SITE}/v/41", title="We are live now", text=POND, published=START)
_NOTE = Entry(
    link=f"{SITE}/news?id=7&key=aa1", title="Bus 12 is rerouted", text="Until Friday.", published=START
)
_RELEASE = Entry(link=f"{SITE}/changes#v1.0", title="v1.0", text="First.", published=START)
_CAFE = Entry(link=f"{SITE}/caf%C3%A9/a%7Eb", title="Café hours", text="Till six.", published=START)
_TODAY = f"{SITE}/today"

CASES = {
    "latest only, guids of their own": Case(
        _latest(_strip(0), _strip(1), _strip(2)),
        (_TODAY, _TODAY),
    ),
    "latest only, one title for all": Case(
        _latest(*(_strip(number, title="The strip of the day") for number in range(3))),
        (_TODAY, _TODAY),
    ),
    "latest only, no guids": Case(
        _latest(*(_strip(number, guid="") for number in range(3))), (_TODAY, _TODAY)
    ),
    "latest only, the link is the guid": Case(
        _latest(*(_strip(number, guid=_TODAY) for number in range(3))), (_TODAY, _TODAY)
    ),
    "latest only, an earlier one comes back": Case(_latest(_strip(0), _strip(1), _strip(0)), (_TODAY,)),
    "latest only, edited": Case(
        _latest(_strip(0), _strip(1), _strip(1, text="The snail meets a frog and a toad."), _strip(2)),
        (_TODAY, _TODAY),
    ),
    "product page, after another post": Case(
        _latest(
            Entry(
                guid="h1",
                link=f"{SITE}/lamp",
                title="Lamp 1.0",
                text="Lamp 1.0 brings a softer light.",
                published=START,
            ),
            post(3),
            Entry(
                guid="h3",
                link=f"{SITE}/lamp",
                title="Lamp 2.0",
                text="A second bulb.",
                published=START + 30 * DAY,
            ),
        ),
        (f"{SITE}/posts/3", f"{SITE}/lamp"),
    ),
    "product page, among other posts": Case(
        (
            (*_posts(1, 2, 3), post(0, link=f"{SITE}/lamp", guid="h0")),
            (post(5, link=f"{SITE}/lamp", guid="h5"), *_posts(2, 3, 4)),
        ),
        (f"{SITE}/posts/4", f"{SITE}/lamp"),
    ),
    "link blog, one target twice": Case(
        (
            (post(1, link="https://elsewhere.example/a"), *_posts(2, 3)),
            (post(4, link="https://elsewhere.example/a"), *_posts(2, 3)),
        ),
        ("https://elsewhere.example/a",),
    ),
    "guid changed by an edit": Case(
        (
            _posts(1, 2, 3, 4),
            (
                *_posts(2, 3, 4),
                post(1, guid="r2", text=post(1).text + " We saw a kingfisher, too.", published=START),
            ),
        ),
    ),
    "permalinks with fragments, newest only": Case(
        _latest(
            _RELEASE,
            replace(
                _RELEASE, link=f"{SITE}/changes#v1.1", title="v1.1", text="Second.", published=START + DAY
            ),
            replace(
                _RELEASE, link=f"{SITE}/changes#v1.2", title="v1.2", text="Third.", published=START + 2 * DAY
            ),
        ),
        (f"{SITE}/changes#v1.1", f"{SITE}/changes#v1.2"),
    ),
    "permalinks with fragments, several": Case(
        tuple(
            tuple(
                replace(
                    _RELEASE,
                    link=f"{SITE}/log#n{n}",
                    title=f"n{n}",
                    text=f"No. {n}.",
                    published=START + n * DAY,
                )
                for n in range(last, last - 3, -1)
            )
            for last in (3, 4, 6)
        ),
        tuple(f"{SITE}/log#n{n}" for n in (4, 5, 6)),
    ),
    "fragment of a guid, edited": Case(
        tuple(
            tuple(
                Entry(
                    guid=f"{SITE}/log#{n}",
                    link=f"{SITE}/log#{n}",
                    title=f"Note {n}",
                    text=f"Short {n}{more}.",
                    published=START,
                )
                for n in "ab"
            )
            for more in ("", ", with a word more")
        ),
    ),
    "fragment of a tracker": Case(
        tuple(
            tuple(post(n, guid="", link=f"{SITE}/posts/{n}{tail}") for n in (2, 1))
            for tail in ("", "#xtor=RSS-16", "#comments")
        ),
    ),
    "the same words": Case(
        _latest(_LIVE, replace(_LIVE, guid="v42", link=f"{SITE}/v/42", published=START + timedelta(hours=8))),
        (f"{SITE}/v/42",),
    ),
    "the same words, among other posts": Case(
        (
            (_LIVE, *_posts(1, 2, 3)),
            (replace(_LIVE, guid="v42", link=f"{SITE}/v/42", published=START + 9 * DAY), *_posts(1, 2, 3)),
        ),
        (f"{SITE}/v/42",),
    ),
    "the same words, both shown": Case(
        ((_LIVE,), (replace(_LIVE, guid="v42", link=f"{SITE}/v/42", published=START + DAY), _LIVE)),
        (f"{SITE}/v/42",),
    ),
    **{
        f"placeholder guid {guid!r}, newest only": Case(
            _latest(
                post(1, guid=guid, title="Rake 1", text="Version one of the rake."),
                post(2, guid=guid, title="Spade 2", text="Version two of the spade."),
                post(2, guid=guid, title="Spade 2", text="Version two of the spade, with a shorter handle."),
            ),
            (f"{SITE}/posts/2",),
        )
        for guid in (
            "N/A",
            "0",
            "-",
            f"{SITE}/",
            "news",
            "urn:uuid:00000000-0000-0000-0000-000000000000",
            "feed-7",
        )
    },
    "one guid for all": Case(
        tuple(
            tuple(post(number, guid="blog-1") for number in range(last, last - 4, -1)) for last in (4, 5, 7)
        ),
        tuple(f"{SITE}/posts/{number}" for number in (5, 6, 7)),
    ),
    "token in the link": Case(
        _latest(_NOTE, *(replace(_NOTE, link=f"{SITE}/news?id=7&key={key}") for key in ("bb2", "cc3"))),
    ),
    "token in the link, and an edit": Case(
        _latest(
            _NOTE,
            replace(_NOTE, link=f"{SITE}/news?id=7&key=bb2", text="Until Saturday, by way of the mill."),
        ),
    ),
    "token in the link, and another post": Case(
        (
            (_NOTE,),
            (
                replace(_NOTE, link=f"{SITE}/news?id=8&key=bb2", published=START + DAY),
                replace(_NOTE, link=f"{SITE}/news?id=7&key=bb2"),
            ),
        ),
        (f"{SITE}/news?id=8&key=bb2",),
    ),
    "token in link and guid": Case(
        tuple(
            tuple(post(n, guid=f"{SITE}/p/{n}?t={t}", link=f"{SITE}/p/{n}?t={t}") for n in (2, 1))
            for t in ("1790000001", "1790000002")
        ),
    ),
    "session in the path": Case(
        tuple(
            tuple(post(n, guid="", link=f"{SITE}/p/{n};jsessionid={s}", published=MIDNIGHT) for n in (2, 1))
            for s in ("A1", "B2")
        ),
    ),
    "percent-encoding": Case(
        _latest(
            _CAFE,
            *(replace(_CAFE, link=f"{SITE}{path}") for path in ("/caf%c3%a9/a~b", "/café/a%7eb")),
            replace(_CAFE, link=f"{SITE}/caf%c3%a9/a~b", title="Opening hours", published=None),
        ),
    ),
    "moved, new paths and guids": Case(
        (_posts(1, 2, 3, 4), tuple(map(_moved, _posts(1, 2, 3, 4)))),
    ),
    "moved with new dates": Case(
        (_posts(1, 2, 3), tuple(_moved(each, published=START + 50 * DAY) for each in _posts(1, 2, 3))),
    ),
    "moved, and a new post": Case(
        (_posts(1, 2, 3, 4), tuple(map(_moved, _posts(2, 3, 4, 5)))),
        ("https://river.example.net/5.html",),
    ),
    "moved, one edited, and more posts than before": Case(
        (
            _posts(1, 2, 3, 4),
            (
                *map(_moved, _posts(2, 3, 4)),
                _moved(post(1), text=HEDGE),
                *map(_moved, _posts(5, 6, 7, 8, 9, 10, 11)),
            ),
        ),
        tuple(f"https://river.example.net/{number}.html" for number in range(5, 12)),
    ),
    "moved, and one edited": Case(
        (
            _posts(1, 2, 3, 4),
            (*map(_moved, _posts(2, 3, 4)), _moved(post(1), title="The first walk", text=HEDGE)),
        ),
    ),
    "moved, old links and titles, other texts": Case(
        (
            _posts(1, 2, 3),
            tuple(
                replace(each, guid=f"n{each.guid[-1]}", text=HEDGE + each.title, published=START + 40 * DAY)
                for each in _posts(1, 2, 3)
            ),
        ),
    ),
    "moved with one post": Case(((post(1),), (_moved(post(1)),))),
    "moved with two posts": Case(
        (_posts(1, 2), tuple(_moved(each, published=START) for each in _posts(1, 2)))
    ),
    "moved to another domain, guids are links": Case(
        tuple(
            tuple(post(n, guid=f"{host}/posts/{n}", link=f"{host}/posts/{n}") for n in (4, 3, 2, 1))
            for host in (SITE, "https://river.example.net")
        ),
    ),
    "one guid twice, then an edit": Case(
        (
            _posts(1, 2, 3),
            (*_posts(2, 3), post(1), post(1, text=HEDGE, published=START + 3 * DAY)),
            (*_posts(2, 3), post(1, text=HEDGE + " And more.")),
            (*_posts(2, 3), post(1, text="Rewritten.", title="Rewritten")),
        ),
    ),
    "one guid twice for two posts, then an edit": Case(
        (
            _posts(1, 2, 3),
            (post(4, guid=post(1).guid), *_posts(1, 2, 3)),
            (post(4, guid=post(1).guid), *_posts(2, 3), post(1, text=HEDGE)),
            (post(4, guid=post(1).guid, text=HEDGE), *_posts(2, 3), post(1, text=HEDGE, title="Rewritten")),
        ),
        (f"{SITE}/posts/4",),
    ),
    "edited in every way, with its guid": Case(
        (
            _posts(1, 2, 3, 4),
            (
                *_posts(2, 3, 4),
                post(
                    1,
                    title="The first walk",
                    text=HEDGE,
                    link=f"{SITE}/first-walk",
                    published=START + 60 * DAY,
                ),
            ),
        ),
    ),
    "vanished and come back": Case((_posts(1, 2, 3), _posts(2, 3, 4), _posts(1, 3, 4)), (f"{SITE}/posts/4",)),
    "revisions in the guid": Case(
        tuple(
            tuple(
                post(
                    n,
                    guid=f"{SITE}/posts/{n}#{revision}",
                    title=f"Storm {n}, report {revision}",
                    published=START + (n + revision) * DAY,
                )
                for n in (4, 3, 2, 1)
            )
            for revision in (0, 1)
        ),
    ),
    "latest only, one guid and one page": Case(
        _latest(*(_strip(number, guid="feed-7") for number in range(3))), (_TODAY, _TODAY)
    ),
    "hashbang addresses": Case(
        (
            tuple(post(n, guid="", link=f"{SITE}/#!/posts/{n}") for n in (2, 1)),
            tuple(post(n, guid="", link=f"{SITE}/#!/posts/{n}") for n in (3, 2)),
            tuple(post(n, guid="", link=f"{SITE}/#!/posts/{n}", title=f"Edited {n}") for n in (3, 2)),
        ),
        (f"{SITE}/#!/posts/3",),
    ),
    "three products, three releases at once": Case(
        tuple(
            tuple(
                post(n + 10 * release, link=f"{SITE}/tools/{n}", title=f"Tool {n}, release {release}")
                for n in (1, 2, 3)
            )
            for release in (1, 2)
        ),
        tuple(f"{SITE}/tools/{n}" for n in (1, 2, 3)),
    ),
    "undated, a counter in the link": Case(
        _latest(*(replace(_NOTE, link=f"{SITE}/news?rnd={n}", published=None) for n in (11, 12, 13))),
    ),
    "moved, and a longer history": Case(
        (_posts(5, 6, 7, 8), tuple(map(_moved, _posts(*range(2, 9))))),
    ),
    "one site in two spellings": Case(
        (
            _posts(1, 2),
            tuple(
                replace(each, guid="", link=each.link.replace("https://", "http://www.") + "/")
                for each in _posts(1, 2)
            ),
        ),
    ),
    **{
        f"guid is the place in the document, {name}": Case(
            tuple(
                tuple(
                    post(number, guid=f"item-{place}", **fields)
                    for place, number in enumerate(range(last, last - 5, -1))
                )
                for last in (5, 6, 8)
            ),
            tuple(f"{SITE}/posts/{number}" for number in (6, 7, 8)),
        )
        for name, fields in (("dated", {}), ("undated", {"published": None}))
    },
    **{
        f"advertisements with the same words, links {link}": Case(
            tuple(
                tuple(
                    post(n, guid="", link=SITE + link.format(n), title="For sale", text="", published=date)
                    for n in range(last, last - 4, -1)
                )
                for last in (4, 5, 7)
            ),
            tuple(SITE + link.format(n) for n in (5, 6, 7)),
        )
        for link, date in (("/ad?id={}", START), ("/ad?v=x{}b", START), ("/watch?v=x{}b", None))
    },
    "one token of several changes": Case(
        tuple(
            tuple(
                post(
                    n,
                    guid="",
                    link=f"{SITE}/ad?id={n}&key={key if n == 2 else 'k'}",
                    title="For sale",
                    text="",
                )
                for n in (3, 2, 1)
            )
            for key in ("aa1", "bb2")
        ),
    ),
}
