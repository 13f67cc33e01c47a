import xml.sax
from unittest.mock import Mock

import pytest

from bot.source.formats import sax
from bot.source.formats.sax import create_parser
from tests.source.formats.documents import parse_document


class Texts(xml.sax.ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def characters(self, content: str) -> None:
        self.texts.append(content)


def test_the_text_between_two_tags_comes_in_one_piece() -> None:
    handler, parser = Texts(), create_parser()
    parser.setContentHandler(handler)

    parser.feed("<a>&lt;p&gt;One\nand two&lt;/p&gt;</a>")
    parser.close()

    assert handler.texts == ["<p>One\nand two</p>"]


def test_feedparser_uses_this_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Mock(side_effect=create_parser)
    monkeypatch.setattr(sax, "create_parser", made)

    parse_document("<rss version='2.0'><channel><item><title>One</title></item></channel></rss>")

    assert made.call_count == 1
