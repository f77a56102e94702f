# SPDX-License-Identifier: MIT
"""The files of the project, as the tidy tests look at them."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("include", "src", "tests", "systemd", "packaging", "rules", ".ci")


def files(folders=FOLDERS, suffixes=None):
    """Paths below the folders, relative to the root, sorted; with one of the suffixes if given."""
    found = []
    for folder in folders:
        for where, folders_below, names in os.walk(ROOT / folder):
            folders_below[:] = [name for name in folders_below if name != "__pycache__"]
            found += [(Path(where) / name).relative_to(ROOT) for name in names]
    return sorted(path for path in found if suffixes is None or path.suffix in suffixes)


def text(path):
    """A file's text; what is not UTF-8 becomes a mark."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def cpp(folders=("include", "src", "tests")):
    """The C and C++ files."""
    return files(folders, {".cpp", ".hpp", ".c", ".h"})


def is_script(path):
    """Whether the first line names an interpreter."""
    with open(ROOT / path, "rb") as opened:
        return opened.read(2) == b"#!"
