"""Replace Tumblr's polls with a question and a list of answers. Pure."""

from html import escape

from selectolax.lexbor import LexborNode

from bot.source.tumblr.tree import (
    has_class,
    inner_first,
    next_element,
    parse_npf,
    previous_element,
    replace_content,
    replace_element,
    runs_of,
)
from bot.source.values import Json, mappings_of, text_of
from bot.text.fold import one_line

_MAX_ANSWERS = 50  # Tumblr's own limit is 12


def replace_polls(body: LexborNode) -> None:
    """Write each poll's question once, and its answers as a list."""
    for poll in inner_first(body, "[data-npf]"):
        if not _is_written(poll) and (html := npf_poll_html(parse_npf(poll.attributes.get("data-npf")))):
            replace_content(poll, html)
    for question in inner_first(body, ".poll-question"):
        _remove_if_repeated(question)
    for results in inner_first(body, ".poll-see-results"):
        results.decompose()
    for rows in runs_of(body, "poll-row"):
        _replace_rows(rows)


def _remove_if_repeated(question: LexborNode) -> None:
    """Remove a question that the post asks directly before the poll as well."""
    before = previous_element(question)
    if before is None and question.parent is not None:
        before = previous_element(question.parent)
    if before is not None and one_line(before.text()) == one_line(question.text()):
        question.decompose()


def _poll_html(question: str, answers: list[str]) -> str:
    """Return a poll as a paragraph and a list; without its question if that is empty."""
    items = "".join(f"<li>{escape(answer)}</li>" for answer in answers[:_MAX_ANSWERS] if answer.strip())
    paragraph = f'<p class="poll-question">{escape(question)}</p>' if question.strip() else ""
    return paragraph + (f"<ul>{items}</ul>" if items else "")


def npf_poll_html(block: Json) -> str:
    """Return a block of Tumblr's Neue Post Format (NPF) as such a poll; "" if it isn't one."""
    if text_of(block, "type") != "poll":
        return ""
    answers = mappings_of(block.get("answers"))
    texts = [text_of(answer, "answer_text") or text_of(answer, "answerText") for answer in answers]
    return _poll_html(text_of(block, "question"), texts)


def _is_written(poll: LexborNode) -> bool:
    """Return whether the poll's answers are also in the HTML: in its element or directly after it."""
    following = next_element(poll)
    return poll.css_first(".poll-row") is not None or (
        following is not None and any(has_class(following, name) for name in ("poll-question", "poll-row"))
    )


def _replace_rows(rows: list[LexborNode]) -> None:
    """Replace the rows with a list, and remove the link to the results after them."""
    following = next_element(rows[-1])
    if following is not None and one_line(following.text()).lower() == "see results":
        following.decompose()
    answers = [one_line(row.text(separator=" ")) for row in rows]
    for row in rows[1:]:
        row.decompose()
    replace_element(rows[0], _poll_html("", answers))
