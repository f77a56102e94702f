#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files into a C++ source, so that a program has them in itself.

    embed.py OUTPUT FILE...
"""

import hashlib
import sys
from pathlib import Path

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml"}
MARK = "primum_asset"  # ends a literal; of at most 16 characters
PIECE = 8192  # compilers need not take a longer literal


def literal(text):
    """A raw string literal, in pieces."""
    assert f"){MARK}" not in text
    pieces = [text[i:i + PIECE] for i in range(0, len(text), PIECE)]
    return "\n".join(f'R"{MARK}({piece}){MARK}"' for piece in pieces or [""])


def main():
    """Each file by its name, with its type and the digest of what is in it."""
    output, *names = sys.argv[1:]
    entries = []
    for path in map(Path, names):
        text = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        entries.append(f'{{"{path.name}", "{TYPES[path.suffix]}",\n{literal(text)},\n'
                       f'"\\"{digest}\\""}}')
    Path(output).write_text(
        '#include "http/assets.hpp"\n\nnamespace primum::http {\nnamespace {\n\n'
        f"constexpr Asset assets[] = {{\n{','.join(entries)}}};\n\n}}\n\n"
        "std::span<const Asset> own_assets() {\n    return assets;\n}\n\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
