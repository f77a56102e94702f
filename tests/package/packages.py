# SPDX-License-Identifier: MIT
"""The Debian packages of this tree: built by packaging/build-packages, once for one state of it."""

import fcntl
import functools
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "packages-test"


def _files_of_the_tree():
    """What the packages are made of, relative to the root."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], cwd=ROOT, check=True,
                                capture_output=True).stdout.decode().split("\0")
        names = [Path(name) for name in listed if name and (ROOT / name).exists()]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return sorted(name for name in names if not name.parts[0].startswith("build")
                  and "__pycache__" not in name.parts)


def _state_of_the_tree():
    """A digest over the names and the bytes of the files; tests are no part of the packages."""
    digest = hashlib.sha256()
    for name in _files_of_the_tree():
        if name.parts[0] != "tests":
            digest.update(f"{name}\0".encode() + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


@functools.cache
def built():
    """The directory with the packages of this tree; builds them where that has not been done."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT.parent / "packages-test.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = OUTPUT / "tree.sha256"
        state = _state_of_the_tree()
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != state:
            done = subprocess.run(["packaging/build-packages", "--quick", "--output",
                                   str(OUTPUT)], cwd=ROOT, capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                raise AssertionError(f"packaging/build-packages failed\n{done.stderr}")
            stamp.write_text(state, encoding="utf-8")
    return OUTPUT


def deb_of(folder, package):
    """The file of one package."""
    found = [path for path in Path(folder).glob(f"{package}_*.deb")]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} files of {package} in {folder}")
    return found[0]


def as_next_version(deb, folder):
    """The same package, packed again under a version that is higher; gives the new file."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        subprocess.run(["dpkg-deb", "--raw-extract", str(deb), str(tree)], check=True)
        control = tree / "DEBIAN" / "control"
        text = control.read_text(encoding="utf-8")
        version = re.search(r"^Version: (.*)$", text, re.M).group(1) + "+next"
        control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", text, flags=re.M),
                           encoding="utf-8")
        target = Path(folder) / f"{deb.name.split('_')[0]}_{version}_next.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree),
                        str(target)], check=True, stdout=subprocess.DEVNULL)
    return target
