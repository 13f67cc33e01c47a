"""A page of the demo in the browser, with everything that goes wrong on it."""

import re
from dataclasses import dataclass, field
from itertools import takewhile
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect

_LOOPBACK = "127.0.0.1"


@dataclass
class Log:
    """What the page logged and requested."""

    problems: list[str] = field(default_factory=list)
    """Errors and warnings of the console, exceptions, failed requests, and requests to other machines."""
    requests: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Record everything of this page."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failure)
        page.on("websocket", self._on_socket)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        self._add(request.url)

    def _on_failure(self, request: Request) -> None:
        self.problems.append(f"failed: {request.url} {request.failure}")

    def _on_socket(self, socket: WebSocket) -> None:
        self._add(socket.url)

    def _add(self, url: str) -> None:
        self.requests.append(url)
        if urlsplit(url).hostname != _LOOPBACK:
            self.problems.append(f"leaves this machine: {url}")


@dataclass(frozen=True)
class Visit:
    """The page, and what a person does on it."""

    page: Page
    log: Log

    async def open(self, link: str) -> None:
        """Load the page and wait until it shows a channel with a message, and a bot that takes commands."""
        await self.page.goto(link)
        await expect(self.messages.first).to_be_visible()
        await expect(self.page.locator("#bot-state")).to_have_attribute("data-state", "up")
        await self.page.locator("#compose").fill("/")
        await expect(self.page.locator("#options").get_by_role("option").first).to_be_visible()
        await self.page.locator("#compose").fill("")

    @property
    def messages(self) -> Locator:
        """The messages of the open channel, oldest first."""
        return self.page.locator("#messages article")

    def message(self, words: str) -> Locator:
        """Return the messages that contain these words."""
        return self.messages.filter(has_text=re.compile(re.escape(words)))

    def requests(self, path: str) -> int:
        """Return how often the page requested this path."""
        return sum(urlsplit(url).path.endswith(path) for url in self.log.requests)

    async def open_channel(self, name: str) -> None:
        """Choose a channel on the left, and wait for its messages: `use` counts the answers among them."""
        await self.page.locator(f'#channels [data-name="#{name}"]').click()
        await expect(self.page.locator("#room-name")).to_have_text(re.compile(re.escape(name)))
        await expect(self.page.locator("#scroll")).not_to_have_attribute("aria-busy", "true")

    async def be(self, viewer: str) -> None:
        """Look at the page as another member, and wait until it shows what this one sees."""
        chosen, about = self.page.locator("#viewer"), self.page.locator("#viewer-about")
        if await chosen.input_value() != viewer:
            before = await about.inner_text()
            await chosen.select_option(viewer)
            await expect(about).not_to_have_text(before)

    async def use(self, command: str) -> Locator:
        """Type a slash command and return the bot's answer, whatever is posted meanwhile."""
        name = " ".join(takewhile(lambda word: ":" not in word, command.split()))
        answers = self.messages.filter(has_text=f"used {name}")
        before = await answers.count()
        await self.page.locator("#compose").fill(command)
        await self.page.locator("#compose").press("Enter")
        if await self.page.locator(
            "#command"
        ).is_visible():  # without options, the first Enter only chooses it
            await self.page.keyboard.press("Enter")
        answer = answers.nth(before)
        await expect(answer).to_be_visible()
        return answer
