"""A topic's Markdown: sections, blocks and the fact markers at the end of what they cover.

May import: markdown-it-py, nh3, the domain and this room. Rendered once, when it is first shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from webapp.domain.topic import FactId, Passage, Statement

PASSAGE, WHEN_TO_CALL, MORE, ASK = "passage", "when to call", "more", "ask your team"
HEADINGS = (PASSAGE, WHEN_TO_CALL, MORE, ASK)

MARKER = re.compile(r"\s*\[(none|F\d+(?:[\s,]+F\d+)*)\]")
_SECTION = re.compile(r"^# +(.+?)\s*$")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
# The second wall: whatever Markdown lets through, only these tags reach a page.
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "h3", "br"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, bullet or heading, without markers, at its line in the file."""

    line: int
    text: str
    statements: tuple[Statement, ...]
    is_heading: bool = False
    is_bullet: bool = False
    unmarked: str = ""  # words after the last marker: a fault


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one `# heading`."""

    heading: str
    line: int
    blocks: tuple[Block, ...]
    passage: Passage

    @property
    def prose(self) -> tuple[str, ...]:
        """The text of each paragraph and bullet, headings left out."""
        return tuple(block.text for block in self.blocks if not block.is_heading)


def read_sections(text: str, first_line: int = 1) -> tuple[Section, ...]:
    """Cut a body into sections; `first_line` is where the body begins in its file."""
    sections: list[Section] = []
    heading, start, lines = "", first_line, list[str]()
    for number, line in enumerate(text.splitlines(), first_line):
        match = _SECTION.match(line)
        if match is None:
            lines.append(line)
            continue
        sections += _section(heading, start, lines)
        heading, start, lines = match[1].lower(), number, []
    return tuple([*sections, *_section(heading, start, lines)])


def _section(heading: str, line: int, lines: list[str]) -> list[Section]:
    """One section, or none if there is neither a heading nor a word."""
    source = "\n".join(lines)
    if not heading and not source.strip():
        return []
    blocks = _blocks(source, line + 1 if heading else line)
    statements = tuple(said for block in blocks for said in block.statements)
    text = "\n".join(_as_line(block) for block in blocks)
    return [Section(heading, line, blocks, Passage(text, statements, partial(_html, source)))]


def _blocks(source: str, first_line: int) -> tuple[Block, ...]:
    """Every paragraph, bullet and heading of a section."""
    tokens = _MARKDOWN.parse(source)
    return tuple(
        _block(token, before, first_line)
        for before, token in pairwise(tokens)
        if token.type == "inline"
    )


def _block(inline: Token, opening: Token, first_line: int) -> Block:
    """One block from its inline token and the token that opened it."""
    words, statements = _plain(inline), list[Statement]()
    position = 0
    for marker in MARKER.finditer(words):
        ids = [] if marker[1] == "none" else re.findall(r"F\d+", marker[1])
        said = words[position : marker.start()].strip()
        statements.append(Statement(said, tuple(FactId(id_) for id_ in ids)))
        position = marker.end()
    return Block(
        line=first_line + (inline.map[0] if inline.map else 0),
        text=MARKER.sub("", words).strip(),
        statements=tuple(statements),
        is_heading=opening.type == "heading_open",
        is_bullet=inline.level > 1,
        unmarked=words[position:].strip(),
    )


def _plain(inline: Token) -> str:
    """The words of an inline token, without emphasis or line breaks."""
    parts = (
        child.content if child.type in {"text", "code_inline"} else " "
        for child in inline.children or ()
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    )
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _as_line(block: Block) -> str:
    """A block as one line of plain text, as the chat shows it."""
    return f"- {block.text}" if block.is_bullet else block.text


@cache
def _html(source: str) -> str:
    """Safe HTML without markers. A topic's own headings sit under the page's h2."""
    tokens = _MARKDOWN.parse(MARKER.sub("", source))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3"
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(rendered, tags=_TAGS, attributes={}).strip()
