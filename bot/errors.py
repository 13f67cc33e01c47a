"""Every error that the bot raises on purpose.

    FeedRelayError
    ├── ConfigError               the config file or the environment
    ├── SourceError               a feed's address or document, given in `url`
    │   ├── AddressError            the address itself
    │   │   ├── InvalidAddress        not http(s), no host, unreadable
    │   │   └── PrivateAddress        inside this machine or its network
    │   ├── FetchError              fetching it
    │   │   ├── Unreachable           DNS, connection, TLS
    │   │   ├── TimedOut
    │   │   ├── TooLarge
    │   │   ├── TooManyRedirects
    │   │   └── HttpError             a response without a document; `status`, `retry_after`, `whole_site`
    │   │       ├── NotFound            404
    │   │       ├── Forbidden           401, 403
    │   │       ├── Gone                410: the feed has ended
    │   │       ├── RateLimited         429
    │   │       └── ServerError         5xx
    │   ├── NoHistory               no older posts than those of the document
    │   └── DocumentError           the document; `parse_time`
    │       ├── NotAFeed              a document that isn't a feed
    │       │   ├── HtmlPage
    │       │   ├── ChallengePage       a bot check in front of the site
    │       │   ├── ConsentPage
    │       │   └── LoginWall
    │       ├── EmptyDocument         204, or an empty body
    │       ├── Unreadable
    │       ├── Incomplete            it breaks off before its first post ends
    │       ├── ParserTimedOut
    │       └── ParserBusy            other slow documents come first
    ├── StoreError                the database, given in `path`
    │   ├── StoreLocked
    │   ├── StoreUnreachable        its server
    │   ├── StoreFull
    │   ├── StoreReadOnly
    │   ├── StoreCorrupt
    │   ├── StoreTooNew
    │   ├── StoreTooOld
    │   └── StoreUnopenable
    └── ChatError                 Discord
        ├── LoginRefused            the token
        └── ChatUnreachable

`str(error)` is one clear sentence that ends with what to do. By default it is the docstring of the class.
"""

from datetime import timedelta


class FeedRelayError(Exception):
    """Something went wrong; the log has the details."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class ConfigError(FeedRelayError):
    """The config has mistakes."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """`problems`: all of them, each as `file:line: key: what is wrong, and what to write`."""
        super().__init__("\n".join(problems))
        self.problems = problems


class SourceError(FeedRelayError):
    """This feed cannot be used."""

    def __init__(self, url: str, message: str = "") -> None:
        super().__init__(message)
        self.url = url


class AddressError(SourceError):
    """This address cannot be used."""


class InvalidAddress(AddressError):
    """This is not a web address; paste one that starts with https://."""


class PrivateAddress(AddressError):
    """This address leads into a private network; use a public one, or set polling.allow_private_addresses."""


class FetchError(SourceError):
    """The site did not send the feed; the bot will try again later."""


class Unreachable(FetchError):
    """The site cannot be reached; check the address, or wait until the site is back."""


class TimedOut(FetchError):
    """The site did not answer in time; the bot will try again later."""


class TooLarge(FetchError):
    """The document is larger than polling.max_body; raise that limit, or follow a smaller feed of the site."""


class TooManyRedirects(FetchError):
    """The address redirects more than 5 times; open it in a browser and use the address you end up at."""


class HttpError(FetchError):
    """The site answered with an error; the bot will try again later."""

    def __init__(
        self,
        url: str,
        status: int,
        message: str = "",
        retry_after: timedelta | None = None,
        *,
        whole_site: bool = True,
    ) -> None:
        """`retry_after`: the wait that the site asked for, uncapped; None if it did not ask. `whole_site`: whether all
        feeds of the site have to wait, and not only this one.
        """
        super().__init__(url, message or f"{(self.__doc__ or '').strip()} (HTTP {status})")
        self.status = status
        self.retry_after = retry_after
        self.whole_site = whole_site


class NotFound(HttpError):
    """There is no feed at this address; check it in a browser, as it may have moved or need an account."""


class Forbidden(HttpError):
    """The site refuses the bot; ask its owner to allow the User-Agent feed-relay, or follow another of its feeds."""


class Gone(HttpError):
    """The feed has ended, and its site says that it is gone for good; remove it, or follow its successor."""


class RateLimited(HttpError):
    """The site asks for fewer requests; the bot will pause all feeds of the site for as long as it asks."""


class ServerError(HttpError):
    """The site has a problem of its own; the bot will try again later."""


class NoHistory(SourceError):
    """This feed has no older posts that the bot can read; its new posts are archived."""


class DocumentError(SourceError):
    """The bot cannot use what the site sent."""

    parse_time = timedelta()
    """How long reading it took, if it was read."""


class NotAFeed(DocumentError):
    """This is not a feed; look for the site's RSS or Atom link and use that address."""


class HtmlPage(NotAFeed):
    """This is a web page, not a feed; run `feed-relay discover` with its address to find the feed."""


class ChallengePage(NotAFeed):
    """The site has a bot check; ask its owner to let feed readers pass, or follow another of its feeds."""


class ConsentPage(NotAFeed):
    """The site shows a consent page instead of the feed; the bot will try again later."""


class LoginWall(NotAFeed):
    """The site asks for a login; follow a feed that anyone can read."""


class EmptyDocument(DocumentError):
    """The site sent an empty document; open the address in a browser. The bot will try again later."""


class Unreadable(DocumentError):
    """The document is too broken to read; let the site's owner know. The bot will try again later."""


class Incomplete(DocumentError):
    """The document breaks off before the end of its first post; the bot will try again soon."""


class ParserTimedOut(DocumentError):
    """Reading the document took too long and was stopped; the bot will try again later."""


class ParserBusy(DocumentError):
    """Documents of other sites that are slow to read come first; the bot will try again later."""


class StoreError(FeedRelayError):
    """The database cannot be used."""

    heals = False
    """Whether the same call may succeed later, without a restart."""

    def __init__(self, path: str, message: str = "") -> None:
        super().__init__(f"{path}: {message or (self.__doc__ or '').strip()}")
        self.path = path


class StoreLocked(StoreError):
    """another process holds the database; stop it, or wait until it is done."""

    heals = True


class StoreUnreachable(StoreError):
    """the database server cannot be reached; check that it runs, and store.url."""

    heals = True


class StoreFull(StoreError):
    """the disk is full; free some space. Nothing is lost, and work continues automatically."""

    heals = True


class StoreReadOnly(StoreError):
    """the database cannot be written; give this user write access to the file and its folder."""

    heals = True


class StoreCorrupt(StoreError):
    """the database is damaged; stop the bot, keep a copy of the file, and restore the newest backup."""


class StoreTooNew(StoreError):
    """a newer feed-relay wrote this database; install that version or a later one."""


class StoreTooOld(StoreError):
    """an older feed-relay wrote this database; stop the bot and start this version, which updates the database."""


class StoreUnopenable(StoreError):
    """the database cannot be opened; check that its folder exists and is writable."""

    heals = True


class ChatError(FeedRelayError):
    """Discord is not available."""


class LoginRefused(ChatError):
    """Discord refuses the token; copy it again from the Developer Portal: Bot page, Reset Token."""


class ChatUnreachable(ChatError):
    """Discord cannot be reached; check the network and discordstatus.com. A running bot retries automatically."""
