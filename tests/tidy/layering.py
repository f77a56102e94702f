# SPDX-License-Identifier: MIT
"""The may-use law: which folder of src/ may include from which."""

import re

PROGRAMS = {"daemon", "actuator", "ctl"}
BESIDE_THE_WORLD = {"systemd", "rules", "event", "telemetry"}
# Folder of src/ -> the other folders of src/ it may include. include/primum is open to all.
MAY_USE = {
    "core": set(),
    "rules": set(),
    "event": set(),
    "ledger": set(),
    "systemd": set(),
    "telemetry": set(),
    "source": BESIDE_THE_WORLD,
    "remedy": BESIDE_THE_WORLD,
    "bus": BESIDE_THE_WORLD,
    "http": BESIDE_THE_WORLD,
    "replay": {"core", "rules", "event", "ledger"},
}
# Libraries by the first folder, or the whole name, of their headers, and who may include them.
LIBRARIES = {
    "sqlite3.h": {"ledger", "actuator"},
    "curl": {"source"},
    "microhttpd.h": {"http"},
    "prometheus": {"telemetry", "http"},
    "spdlog": {"telemetry", "daemon", "actuator"},
    "toml++": {"rules"},
    "re2": {"rules"},
    "zstd.h": {"event", "ctl"},
    "CLI": {"ctl"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
THE_WORLD = re.compile(
    r"\b(system|steady|high_resolution)_clock::now\b|\bclock_gettime\b|\bsleep_(for|until)\b"
    r"|\bstd::(thread|jthread|async|mutex|random_device|ifstream|ofstream|cout|cerr)\b"
    r"|\b(spdlog|getenv|fopen|rand)\b")
CORE_HEADERS = re.compile(
    r"^(algorithm|array|bit|bitset|charconv|chrono|cmath|compare|concepts|cstddef|cstdint|cstdlib"
    r"|cstring|deque|functional|initializer_list|iterator|limits|list|map|memory|numeric|optional"
    r"|queue|ranges|set|span|stdexcept|string|string_view|tuple|type_traits|unordered_map"
    r"|unordered_set|utility|variant|vector)$")
CLOCKS = re.compile(r"\b(clock_gettime|gettimeofday|(system|steady|high_resolution)_clock::now)\b")


def includes(source):
    """(quoted, name) of every include."""
    return [(mark == '"', name) for mark, name in INCLUDE.findall(source)]


def room_of(path):
    """The folder of src/ that a path relative to the root lies in, or None."""
    parts = path.parts
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def breaches_of_room(room, source):
    """What a file of `room` includes against the law, in words."""
    found = []
    for quoted, name in includes(source):
        head = name.split("/")[0]
        if quoted:
            if "/" not in name or ".." in name:
                found.append(f'"{name}": include it as "{room}/..."')
            elif head in PROGRAMS and head != room:
                found.append(f"{name}: nothing includes a program")
            elif head != room and room not in PROGRAMS and head not in MAY_USE.get(room, set()):
                found.append(f"{name}: {room} may not use {head}")
        elif head in LIBRARIES and room not in LIBRARIES[head]:
            found.append(f"{name}: {room} may not use this library")
    return found


def breaches_of_contract(source):
    """What a file of include/primum includes that is not the contract, the standard or expected."""
    return [name for quoted, name in includes(source)
            if quoted or ("/" in name and not name.startswith(("primum/", "tl/")))]


def breaches_of_core(source):
    """Where the core reaches for the world."""
    code = re.sub(r"//[^\n]*", "", source)
    found = [f"{match.group(0)}: the core touches no world" for match in THE_WORLD.finditer(code)]
    found += [f"<{name}>: not a header for the core" for quoted, name in includes(source)
              if not quoted and not name.startswith("primum/") and not CORE_HEADERS.match(name)]
    return found
