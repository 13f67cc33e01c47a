"""The XML parser that feedparser uses: expat, which hands over the text between two tags in one piece.

Without this, each escaped `<` is a piece of its own, of which a post has hundreds. feedparser finds this module by name
(`xml.sax.make_parser`), and so does not look for libxml2 at each document either.
"""

from xml.parsers.expat import XMLParserType
from xml.sax.expatreader import ExpatParser


class _BufferingParser(ExpatParser):
    _parser: XMLParserType

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True


def create_parser() -> ExpatParser:
    """Return a new parser."""
    return _BufferingParser()
