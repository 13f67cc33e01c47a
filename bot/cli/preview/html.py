"""Messages as one self-contained page, roughly as Discord shows them. All feed text is escaped."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from bot.cli.output import without_control_characters
from bot.cli.preview.markdown import Run, runs, split_quotes
from bot.model import Embed, Message

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src http: https:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #2e3338; --dim: #5c6470; --page: #fff; --card: #f2f3f5; --link: #0060df; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #dbdee1; --dim: #a3a8b0; --page: #313338; --card: #2b2d31; --link: #4bb3fd; }}
}}
body {{ margin: 0 auto; max-width: 44rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.4 system-ui, sans-serif; overflow-wrap: anywhere; }}
article {{ margin: 0 0 1.5rem; }}
.content, .description {{ white-space: pre-wrap; }}
.embed {{ margin-top: .3rem; padding: .7rem 1rem; background: var(--card); border-left: 4px solid #7289da;
  border-radius: 4px; max-width: 32rem; box-sizing: border-box; }}
.embed > * {{ margin: 0 0 .4rem; }}
h2 {{ font-size: 1rem; }}
img {{ max-width: 100%; max-height: 22rem; border-radius: 4px; }}
.dim {{ color: var(--dim); font-size: .8rem; }}
a {{ color: var(--link); }}
mark {{ background: var(--dim); color: var(--page); border-radius: 3px; }}
mark:not(:hover, :focus), mark:not(:hover, :focus) * {{ color: transparent; }}
blockquote {{ margin: 0; padding-left: .7rem; border-left: 4px solid rgb(128 128 128 / 40%); }}
code {{ display: inline-block; background: rgb(128 128 128 / 20%); border-radius: 3px; padding: 0 .2em; }}
</style>
</head>
<body>
{messages}
</body>
</html>"""


def page(messages: Sequence[Message], title: str) -> str:
    """Return the complete HTML document."""
    return _PAGE.format(title=_text(title), messages="\n".join(_message(message) for message in messages))


def _message(message: Message) -> str:
    text = message.content
    is_address = _is_web(text) and not any(map(str.isspace, text))
    html = _linked(_text(text), text) if is_address else _markdown(text)
    content = f'<div class="content">{html}</div>' if text else ""
    galleries = groupby(message.embeds, key=lambda embed: embed.url or id(embed))
    embeds = "".join(_embed(*embeds) for _, embeds in galleries)
    return f"<article>{content}{embeds}</article>"


def _embed(embed: Embed, *gallery: Embed) -> str:
    """Return an embed with the pictures of the others that have its address, as Discord shows them."""
    below = " · ".join(part for part in (_text(embed.footer), _time(embed.timestamp)) if part)
    parts = (
        f'<p class="dim">{_text(embed.author)}</p>' if embed.author else "",
        f"<h2>{_linked(_markdown(embed.title), embed.url)}</h2>" if embed.title else "",
        f'<div class="description">{_with_quotes(embed.description)}</div>' if embed.description else "",
        *map(_picture, (embed, *gallery)),
        f'<p class="dim">{below}</p>' if below else "",
    )
    return f'<section class="embed">{"".join(parts)}</section>'


def _picture(embed: Embed) -> str:
    address = embed.image_url
    return f'<p><img src="{_text(address)}" alt="picture"></p>' if _is_web(address) else ""


def _with_quotes(text: str) -> str:
    parts = ((_markdown(lines), quoted) for lines, quoted in split_quotes(text))
    return "".join(f"<blockquote>{html}</blockquote>" if quoted else html for html, quoted in parts)


def _markdown(text: str) -> str:
    return "".join(_run(run) for run in runs(text))


def _run(run: Run) -> str:
    html = _text(run.text)
    elements = {
        "code": run.code,
        "s": run.struck,
        "u": run.underlined,
        "em": run.italic,
        "strong": run.bold,
    }
    for element, wanted in elements.items():
        html = f"<{element}>{html}</{element}>" if wanted else html
    html = _linked(html, run.link)
    return f'<mark tabindex="0">{html}</mark>' if run.hidden else html


def _linked(html: str, address: str) -> str:
    return f'<a href="{_text(address)}" rel="noreferrer">{html}</a>' if _is_web(address) else html


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _time(moment: datetime | None) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d %H:%M} UTC</time>' if moment else ""


def _text(text: str) -> str:
    return escape(without_control_characters(text))
