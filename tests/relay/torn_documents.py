"""Feeds of four formats in the shapes that real sites serve, in parts, so that tests can compose and cut them."""

import json
from dataclasses import dataclass

URL = "https://beans.example/feed"
DAYS = ("Mon, 05 Oct 2026", "Tue, 06 Oct 2026", "Wed, 07 Oct 2026", "Thu, 08 Oct 2026")


@dataclass(frozen=True)
class Form:
    """The parts of a feed."""

    head: str
    items: tuple[str, ...]
    """Oldest first."""
    foot: str
    separator: str = "\n"

    def document(self, *numbers: int) -> bytes:
        """Return a feed with these items, in this order."""
        items = self.separator.join(self.items[number] for number in numbers)
        return f"{self.head}{items}{self.foot}".encode()

    def starts_of_last_two(self, *numbers: int) -> int:
        """Return the position where the last two items of this document begin."""
        kept = self.separator.join(self.items[number] for number in numbers[:-2])
        return len(f"{self.head}{kept}".encode())


def _rss_item(number: int) -> str:
    """Return an item like WordPress's: CDATA with tags of the format in it, a comment, and pictures."""
    return f"""	<item>
		<title>Bönen &#8211; Woche {number} &amp; mehr 🌱</title>
		<link>https://beans.example/2026/10/week-{number}/?utm=a&#038;p={number}</link>
		<dc:creator><![CDATA[Ann Thümmel]]></dc:creator>
		<pubDate>{DAYS[number]} 09:3{number}:00 +0000</pubDate>
		<category><![CDATA[Beans]]></category>
		<guid isPermaLink="false">https://beans.example/?p=31{number}</guid>
		<!-- <item><title>Draft</title></item> -->
		<description><![CDATA[An RSS feed ends with </item></channel></rss>. Week {number} […]]]></description>
		<content:encoded><![CDATA[<!-- wp:html --><p>Week {number}: <b>äöü</b>a>b</p><!-- /wp -->]]></content:encoded>
		<media:content url="https://beans.example/{number}.jpg?a=1&amp;b=2" medium="image">
			<media:title>x</media:title></media:content>
		<slash:comments>{number}</slash:comments>
	</item>"""


def _atom_entry(number: int) -> str:
    """Return an entry like Blogger's and Movable Type's: XHTML, a source, and links that close themselves."""
    return f"""<entry xml:lang="de"><id>tag:beans.example,2026:post-40{number}</id>
<published>2026-10-0{number + 5}T09:30:00+02:00</published><updated>2026-10-0{number + 5}T10:30:00Z</updated>
<title type="html">Béans &amp;amp; peas, week {number}</title>
<link rel="replies" type="application/atom+xml" href="https://beans.example/{number}/comments" title="0 > 1"/>
<link rel="alternate" type="text/html" href="https://beans.example/week-{number}.html" title="Week {number}"/>
<content type="xhtml" xml:base="https://beans.example/"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Week {number}: <a href="/peas">péas</a> <img src="p{number}.png" alt=""/></p></div></content>
<source><id>tag:beans.example,2026</id><title>Béans</title></source>
<author><name>Änn</name></author></entry>"""


def _rdf_item(number: int) -> str:
    """Return an item like those of Japanese blogs: two texts, a creator, a subject."""
    return f"""<item rdf:about="https://beans.example/archives/{number}.html">
<title>豆の日記 {number}</title>
<link>https://beans.example/archives/{number}.html</link>
<description>今日の豆 {number}……&amp;#8230;</description>
<content:encoded><![CDATA[<p>今日の豆 {number}</p>]]></content:encoded>
<dc:subject>豆</dc:subject><dc:creator>あん</dc:creator>
<dc:date>2026-10-0{number + 5}T09:30:00+09:00</dc:date>
</item>"""


def _json_item(number: int) -> str:
    return json.dumps(
        {
            "id": f"https://beans.example/{number}",
            "url": f"https://beans.example/{number}",
            "title": f'Beans {number}: "}}], {{" and \\ 🌱',
            "content_html": f'<p>Week {number} "quoted" }} ] </p>\n<p>äöü</p>',
            "date_published": f"2026-10-0{number + 5}T09:30:00-05:00",
            "tags": ["beans", "week"],
            "attachments": [{"url": f"https://beans.example/{number}.mp3", "mime_type": "audio/mpeg"}],
        },
        ensure_ascii=number % 2 == 0,
        indent=2 if number > 1 else None,
    )


_RSS_HEAD = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:media="http://search.yahoo.com/mrss/"
	xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
	<title>Bönen</title>
	<atom:link href="https://beans.example/feed/" rel="self" type="application/rss+xml" />
	<link>https://beans.example</link>
	<description>All about beans<br>and peas</description>
	<image><url>https://beans.example/i.png</url><title>Bönen</title><link>https://beans.example</link></image>
"""
_ATOM_HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet href="/atom.css" type="text/css"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:beans.example,2026</id><updated>2026-10-08T10:30:00Z</updated>
<title type="text">Béans</title><link rel="alternate" type="text/html" href="https://beans.example/"/>
<author><name>Änn</name></author>
"""
_RDF_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xml:lang="ja">
<channel rdf:about="https://beans.example/index.rdf"><title>豆の日記</title><link>https://beans.example/</link>
<description></description><items><rdf:Seq><rdf:li rdf:resource="https://beans.example/archives/0.html"/></rdf:Seq></items>
</channel>
"""
_JSON_HEAD = """{"version": "https://jsonfeed.org/version/1.1", "title": "Beans", "home_page_url": "https://beans.example/",
"authors": [{"name": "Ann", "url": "https://beans.example/"}], "items": ["""

FORMS = {
    "rss": Form(_RSS_HEAD, tuple(map(_rss_item, range(4))), "\n</channel>\n</rss>\n<!-- 31 queries -->\n"),
    "atom": Form(_ATOM_HEAD, tuple(map(_atom_entry, range(4))), "\n</feed>\n"),
    "rdf": Form(_RDF_HEAD, tuple(map(_rdf_item, range(4))), "\n</rdf:RDF>\n"),
    "json": Form(_JSON_HEAD, tuple(map(_json_item, range(4))), '],\n"language": "de"\n}\n', ",\n"),
}
