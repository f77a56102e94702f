#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A manual page from a page of docs/: from_docs.py PAGE SECTION SUMMARY FILE.md [HEADING...] >PAGE.N

Without headings the whole file becomes the page; else only the sections under them.
"""

import re
import sys
import textwrap

WIDTH = 76


def escaped(text):
    """As roff takes it literally."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def inline(text):
    """Code and emphasis bold, links as their text."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]*`|\*\*[^*]+\*\*)", text)
    return "".join(f"\\fB{escaped(part.strip('`*'))}\\fP" if part[:1] in "`*" and len(part) > 1
                   else escaped(part) for part in parts)


def filled(text):
    """Lines of running text, none of which roff takes for a request."""
    lines = textwrap.wrap(inline(text), WIDTH, break_long_words=False, break_on_hyphens=False)
    return ["\\&" + line if line[:1] in ".'" else line for line in lines]


def table(rows):
    """Every row as a tagged paragraph: its first cell, and the others with their headings."""
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
             for row in rows]
    head, body = cells[0], cells[2:]
    out = []
    for row in body:
        said = [f"{name}: {cell}" if name and index + 1 < len(row) and cell else cell
                for index, (name, cell) in enumerate(zip(head[1:], row[1:]), start=1)]
        out += [".TP", inline(row[0]) or "\\&",
                *(filled("; ".join(part for part in said if part)) or ["\\&"])]
    return out


def blocks(lines):
    """(kind, lines) of a page, in order."""
    kind, held = "", []
    for line in [*lines, ""]:
        if kind == "code":
            held.append(line)
            if line.startswith("```"):
                yield kind, held[1:-1]
                kind, held = "", []
            continue
        new = ("code" if line.startswith("```") else "heading" if line.startswith("#") else
               "table" if line.startswith("|") else "item" if re.match(r"(- |\d+\. )", line) else
               "" if not line.strip() else
               kind if kind in ("item", "text") else "text")
        if held and (new != kind or new in ("item", "heading") and re.match(r"(- |\d+\. |#)", line)):
            yield kind, held
            held = []
        kind = new
        if new:
            held.append(line)


def page(name, section, summary, lines):
    """The whole manual page."""
    out = [".\\\" SPDX-License-Identifier: MIT", ".\\\" Made from docs/ by man/from_docs.py.",
           f".TH {name.upper()} {section} \"2026-11-22\" \"primum\" \"File Formats\"", ".SH NAME",
           f"{escaped(name)} \\- {escaped(summary)}"]
    begun = False
    for kind, held in blocks(lines):
        if kind == "heading":
            depth = len(held[0]) - len(held[0].lstrip("#"))
            title = escaped(held[0].lstrip("# ").replace("`", ""))
            out.append(f".SH {title.upper() if depth == 2 else title}" if depth <= 2
                       else f".SS {title}")
            if depth == 1:
                out[-1] = ".SH DESCRIPTION"
            begun = True
            continue
        if not begun:
            out.append(".SH DESCRIPTION")
            begun = True
        if kind == "code":
            out += [".PP", ".nf", *[("\\&" if line[:1] in ".'" else "") + escaped(line)
                                    for line in held], ".fi"]
        elif kind == "table":
            out += table(held)
        elif kind == "item":
            out += [".IP \\(bu 2", *filled(" ".join(line.strip() for line in held)
                                           .split(" ", 1)[1])]
        elif kind == "text":
            out += [".PP", *filled(" ".join(held))]
    text = "\n".join(out)
    text = re.sub(r"(\n\.S[HS] [^\n]*)\n\.PP\n", r"\1\n", text)  # a heading begins a paragraph
    return text + "\n"


def under(lines, headings):
    """The sections of these headings; all of them where none is named."""
    if not headings:
        return lines
    kept, keep = [], False
    for line in lines:
        if line.startswith("## "):
            keep = line[3:].strip() in headings
        if keep:
            kept.append(line)
    return kept


if __name__ == "__main__":
    with open(sys.argv[4], encoding="utf-8") as source:
        print(page(sys.argv[1], sys.argv[2], sys.argv[3],
                   under(source.read().splitlines(), sys.argv[5:])), end="")
