"""Feeds that publish, edit, redate, hide and move posts at random, each in one style, and the truth about them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

from bot.model import Entry
from tests.relay.sequences import Reader

BEGIN = datetime(2026, 3, 1, 9, 17, 5, tzinfo=UTC)
STEPS = 9
POLLS = 2

GUIDS = ("own", "url", "link", "none", "N/A", "blog")
LINKS = ("own", "anchor", "token", "page", "front")
TITLES = ("own", "one", "none")
DATES = ("exact", "day", "none")
LENGTHS = (1, 2, 5)
WORDS = re.findall(
    r"\w+",
    "heron river morning bridge willow gravel otter ferry lantern meadow orchard kettle barley chimney harbour pebble "
    "thistle wagon cellar plum saddle attic copper violin basket mitten garden ladder turnip ribbon",
)


@dataclass(frozen=True)
class Style:
    """How a feed names its posts."""

    guid: str
    link: str
    title: str
    date: str
    length: int

    @property
    def has_guids(self) -> bool:
        """Whether each post has a guid that says something of its own."""
        return self.guid in {"own", "url"}

    @property
    def has_links(self) -> bool:
        """Whether each post has an address that stays."""
        return self.link in {"own", "anchor"}

    def decides(self, step: str) -> bool:
        """Return whether a reader who knows only the documents could be sure what the step did."""
        is_exact, is_titled = self.date == "exact", self.title == "own"
        match step:
            case "publish":
                return self._decides_publish()
            case "edit":
                return self.has_guids or self.has_links or (is_titled and is_exact)
            case "retitle":
                return self.has_guids or self.has_links or is_exact
            case "redate":
                return self.has_guids or self.has_links
            case "move":
                return self.length > 2 or is_exact
            case _:
                return True

    def _decides_publish(self) -> bool:
        if self.link in {"own", "token"} and self.guid != "blog":
            return self.has_guids or self.link == "own" or self.title == "own"
        if self.has_guids or self.guid in {"link", "blog"} or self.link in {"page", "anchor"}:
            return self.title == "own" and self.date == "exact"
        return self.title == "own"


def styles() -> Iterator[Style]:
    """Return all styles."""
    return (Style(*values) for values in product(GUIDS, LINKS, TITLES, DATES, LENGTHS))


@dataclass
class Post:
    """A post in truth."""

    number: int
    words: list[str]
    published: datetime
    title_number: int
    token: int = 0


@dataclass
class RandomFeed:
    """A feed in one style; `only_decidable`: it does nothing that leaves a reader in doubt."""

    style: Style
    random: Random
    only_decidable: bool = True
    posts: list[Post] = field(default_factory=list)
    """Newest first."""
    hidden: set[int] = field(default_factory=set)
    moves: int = 0
    now: datetime = BEGIN
    titles: int = 0

    def publish(self) -> None:
        self.now += timedelta(hours=self.random.randint(25, 60), seconds=self.random.randint(1, 999))
        self.titles += 1
        words = self.random.choices(WORDS, k=30)
        self.posts.insert(0, Post(len(self.posts) + 1, words, self.now, self.titles))

    def step(self) -> str:
        """Do something that leaves nobody in doubt, or anything."""
        shown = self.shown()
        steps = ["publish", "publish", "edit", "retitle", "redate", "hide", "move", "nothing"]
        step = self.random.choice(
            [each for each in steps if not self.only_decidable or self.style.decides(each)]
        )
        if step == "move" and (self.moves or self.hidden):
            step = "nothing"
        self.hidden.clear()
        match step:
            case "publish":
                self.publish()
            case "edit":
                self.random.choice(shown).words.append(self.random.choice(WORDS))
            case "retitle":
                self.titles += 1
                self.random.choice(shown).title_number = self.titles
            case "redate":
                self.random.choice(shown).published += timedelta(hours=self.random.randint(1, 30), seconds=7)
            case "hide" if len(shown) > 1:
                self.hidden.add(self.random.choice(shown).number)
            case "move":
                self.moves += 1
        return step

    def shown(self) -> list[Post]:
        return self.posts[: self.style.length]

    def document(self) -> list[Entry]:
        return [self._entry(post) for post in self.shown() if post.number not in self.hidden]

    def _entry(self, post: Post) -> Entry:
        link = self._link(post)
        guids = {
            "own": f"{self.moves}x{post.number}",
            "url": f"https://ids.example/{self.moves}/?p={post.number}",
        }
        return Entry(
            guid=guids.get(self.style.guid, {"link": link, "none": ""}.get(self.style.guid, self.style.guid)),
            link=link,
            title={"own": f"Letter {post.title_number}", "one": "The letter of the day"}.get(
                self.style.title, ""
            ),
            text=" ".join(post.words),
            authors=(str(post.number),),
            published=self._date(post.published),
        )

    def _link(self, post: Post) -> str:
        site = f"https://{'moved' if self.moves else 'site'}.example.org"
        path = f"{self.moves}-{post.number}"
        return {
            "own": f"{site}/posts/{path}",
            "anchor": f"{site}/{self.moves}/log#n{path}",
            "token": f"{site}/read{self.moves}?id={post.number}&key={self.random.getrandbits(40):x}",
            "page": f"{site}/today{self.moves}",
            "front": "https://site.example.org/",
        }[self.style.link]

    def _date(self, published: datetime) -> datetime | None:
        if self.style.date == "none":
            return None
        return published if self.style.date == "exact" else published.replace(hour=0, minute=0, second=0)


@dataclass
class Outcome:
    """What happened to a feed's posts."""

    lost: int = 0
    twice: int = 0
    posts: int = 0
    steps: list[str] = field(default_factory=list)


async def run(feed: RandomFeed, reader: Reader) -> Outcome:
    """Poll a feed after each of its steps, and compare the deliveries with the truth."""
    for _ in range(feed.style.length + 1):
        feed.publish()
    await reader.follow()
    steps: list[str] = []
    met = {post.number for post in feed.shown()}
    expected: set[int] = set()
    for _ in range(STEPS):
        for _ in range(POLLS):
            await reader.poll(feed.document())
        steps.append(feed.step())
        expected |= {post.number for post in feed.shown() if post.number not in feed.hidden} - met
    for _ in range(POLLS):
        await reader.poll(feed.document())
    owed = Counter(int(entry.authors[0]) for entry in reader.delivered)
    twice = sum(count - (number in expected) for number, count in owed.items())
    return Outcome(len(expected - owed.keys()), twice, len(expected), steps)


def feed_of(style: Style, seed: int, *, only_decidable: bool = True) -> RandomFeed:
    """Return a feed of a style; a seed makes the same feed each time."""
    return RandomFeed(style, Random(f"{style} {seed}"), only_decidable)
