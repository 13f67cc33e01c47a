"""Why an address cannot be followed, for the admin who pasted it: nothing asks it again by itself, as for a feed."""

from bot.chat.words import _
from bot.errors import (
    ConsentPage,
    EmptyDocument,
    HtmlPage,
    ParserTimedOut,
    RateLimited,
    ServerError,
    SourceError,
    TimedOut,
    Unreadable,
)


def explain_refusal(error: SourceError) -> str:
    """One sentence that ends with what to do."""
    if isinstance(error, TimedOut):
        return _(
            "The site did not answer in time; open the address in a browser, and try again once it works there."
        )
    if isinstance(error, ServerError):
        return _("The site has trouble of its own (HTTP {status}); try again later.").format(
            status=error.status
        )
    if isinstance(error, RateLimited):
        return _("The site asks for fewer requests; try again in an hour.")
    if isinstance(error, HtmlPage):
        return _(
            "This is a web page and no feed stands behind it; look for its RSS or Atom link and paste that."
        )
    if isinstance(error, ConsentPage):
        return _("The site shows a consent page instead of its feed; paste the address of the feed itself.")
    if isinstance(error, EmptyDocument | Unreadable | ParserTimedOut):
        return _(
            "What the site sent cannot be read as a feed; tell the site's owner, or follow another feed of it."
        )
    return _(str(error))
