"""Replace Tumblr's link cards with a link and the description of its target. Pure."""

from html import escape

from selectolax.lexbor import LexborNode

from bot.source.tumblr.redirects import direct_url
from bot.source.tumblr.tree import inner_first, parse_npf, replace_element, url_in
from bot.source.values import text_of
from bot.text.fold import one_line
from bot.text.links import safe_url


def replace_link_cards(body: LexborNode) -> None:
    """Write what the block of a link says about its target: only a browser's script shows that."""
    for site in inner_first(body, ".npf-link-block .site-name"):
        site.decompose()
    for card in inner_first(body, ".npf_link[data-npf]"):
        link = card.css_first("a[href]")
        block = parse_npf(card.attributes.get("data-npf"))
        address = (link.attributes.get("href") if link is not None else "") or text_of(block, "url")
        title = (one_line(link.text()) if link is not None else "") or text_of(block, "title")
        about = (text_of(block, "description"), text_of(block, "site_name") or text_of(block, "author"))
        html = _card_html(direct_url(address), title, about, url_in(block.get("poster")))
        if html:
            replace_element(card, html)


def _card_html(address: str, title: str, about: tuple[str, ...], picture: str) -> str:
    """Return a card: a link around its title and what is known about its target, as in cards of other sites."""
    about = tuple(line for line in map(one_line, about) if line and line != title)
    if not safe_url(address) or not (about or picture):
        return ""
    lines = "".join(f"<div>{escape(line)}</div>" for line in (title or address, *about))
    image = f'<figure><img src="{escape(picture)}"></figure>' if picture else ""
    return f'<a href="{escape(address)}">{lines}</a>{image}'
