#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the sources for what a reviewer should not have to look for.

usage: style.py SOURCE-FOLDER CHECK     CHECK is one of those at the end
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile

FOLDERS = ("ext", "gst", "tests", "tools", "docs", ".ci")
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
MAX_LINES = 800

INDENT = """indent --ignore-profile --braces-on-if-line
--case-brace-indentation0
--case-indentation2 --braces-after-struct-decl-line --line-length80 --no-tabs
--cuddle-else --dont-line-up-parentheses --continuation-indentation4
--honour-newlines --tab-size8 --indent-level2 --leave-preprocessor-space""".split()
# Debian 12's. The sources are as this version leaves them.
INDENT_VERSION = "2.2.12"

GSTREAMER = re.compile(r'#\s*include\s*[<"](gst/|gstreamer)')
LIBRARIES = re.compile(r'#\s*include\s*[<"](nettle/|gmp|srtp2/|srtp|sqlite3)')
ENGINE_HEADER = re.compile(r'#\s*include\s*[<"](?:\.\./)*(?:ext/)?zrtp/([\w/-]+\.h)')
# Put together here, so that this file does not hold them.
MARKERS = re.compile(r"\b(%s)\b" % "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def all_files():
    """Every text file of ours that a person writes."""
    found = ["meson.build", "meson_options.txt", "README.md"]
    for folder in FOLDERS:
        for top, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if name not in ("__pycache__", "corpus"))
            found += [os.path.join(top, name) for name in sorted(names)
                      if not name.endswith((".pyc", ".json", ".pcap", "~"))]
    return [path for path in found if os.path.isfile(path) and b"\0" not in head(path)]


def head(path):
    with open(path, "rb") as file:
        return file.read(4096)


def c_sources():
    return [path for path in all_files() if path.endswith(".c")]


def sources():
    """Program text: C, Python, shell."""
    return [path for path in all_files()
            if path.endswith((".c", ".h", ".py", ".sh")) or is_script(path)]


def lines_with(pattern, paths):
    for path in paths:
        for number, line in enumerate(read(path).split("\n"), 1):
            if pattern.search(line):
                yield "%s:%d: %s" % (path, number, line.strip())


def indented(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "source.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([*INDENT, path], cwd=folder, check=True)
        return read(path)


def indent_version():
    done = subprocess.run(["indent", "--version"], stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.split()[-1]


def without_pointer_blanks(text):
    return re.sub(r"\* +(?=[*\w])", "*", text)


def is_same_layout(before, after):
    """Whether two groups of lines have the same text and begin at the same margin, and at
    most break a line in another place: behind a blank, a `.` or a `->`."""
    texts = [re.sub(r"(?<=[.>]) ", "", " ".join(line.strip() for line in lines))
             for lines in (before, after)]
    margins = [len(line) - len(line.lstrip()) for line in (*before[:1], *after[:1])]
    return texts[0] == texts[1] and len(set(margins)) == 1


def differs_by_version(text, after):
    """Whether only the version of GNU indent makes the difference: newer ones take
    `Name *` for a pointer without knowing the type, and then have room in a line."""
    lines = [without_pointer_blanks(part).splitlines() for part in (text, after)]
    matcher = difflib.SequenceMatcher(None, *lines, autojunk=False)
    return all(tag == "equal" or is_same_layout(lines[0][a:b], lines[1][c:d])
               for tag, a, b, c, d in matcher.get_opcodes())


def check_indent():
    """GNU indent leaves every .c file as it is."""
    exact = indent_version() == INDENT_VERSION
    for path in c_sources():
        text = read(path)
        after = indented(text)
        # Between two ways of breaking a long a->b->c it can't decide.
        if text in (after, indented(after)) or not exact and differs_by_version(text, after):
            continue
        yield from difflib.unified_diff(text.splitlines(), after.splitlines(), path,
                                        path + " (indented)", lineterm="")


def check_includes():
    """The wall: ext/ knows no GStreamer; gst/ knows the engine by its public
    header alone and none of the libraries behind it."""
    paths = [path for path in all_files() if path.endswith((".c", ".h"))]
    yield from lines_with(GSTREAMER, [path for path in paths if path.startswith("ext/")])
    faces = [path for path in paths if path.startswith("gst/")]
    yield from lines_with(LIBRARIES, faces)
    for path in faces:
        for header in ENGINE_HEADER.findall(read(path)):
            if header != "zrtp.h":
                yield "%s: includes zrtp/%s, not zrtp/zrtp.h" % (path, header)


def check_length():
    """No source file is too long to be read in one go."""
    for path in sources():
        n = read(path).count("\n")
        if n > MAX_LINES:
            yield "%s: %d lines, more than %d" % (path, n, MAX_LINES)


def check_markers():
    """Nothing is left for later in a comment."""
    yield from lines_with(MARKERS, sources() + [
        path for path in all_files() if path.endswith("meson.build")])


def check_names():
    """Names that were given up do not come back."""
    rows = [line.split() for line in read("tests/style/names.txt").split("\n")
            if line and not line.startswith("#")]
    successor = dict(rows)
    # One that ends in _ is the beginning of names.
    old = re.compile(r"\b(%s)" % "|".join(
        name + ("" if name.endswith("_") else r"\b") for name in successor))
    for path in all_files():
        if not path.endswith((".c", ".h")):
            continue
        for number, line in enumerate(read(path).split("\n"), 1):
            for name in old.findall(line):
                yield "%s:%d: %s is %s now" % (path, number, name, successor[name])


def check_blanks():
    """No tabs, no blanks at the end of a line, a line end at the end of a file."""
    paths = [path for path in all_files() if not path.startswith("tests/data/")]
    yield from lines_with(re.compile(r"\t|[ \r]$"), paths)
    for path in paths:
        text = read(path)
        if text and not text.endswith("\n"):
            yield "%s: no line end at the end" % path


def check_licence():
    """Each source file names its licence in its first lines."""
    for path in sources():
        if SPDX not in "\n".join(read(path).split("\n")[:4]):
            yield "%s: no \"%s\" in the first lines" % (path, SPDX)


def check_shell():
    """shellcheck has nothing to say; scripts stop at the first error."""
    scripts = [path for path in sources() if is_script(path) and b"bash" in head(path).split(b"\n")[0]]
    done = subprocess.run(["shellcheck", *scripts], stdout=subprocess.PIPE, text=True, check=False)
    yield from done.stdout.splitlines()
    for path in scripts:
        if "\nset -euo pipefail\n" not in read(path):
            yield "%s: no \"set -euo pipefail\"" % path


def check_python():
    """Every Python file compiles and uses Debian's own interpreter."""
    for path in all_files():
        if not path.endswith(".py"):
            continue
        try:
            compile(read(path), path, "exec")
        except SyntaxError as error:
            yield "%s: %s" % (path, error)
        if is_script(path) and not read(path).startswith("#!/usr/bin/python3\n"):
            yield "%s: starts with another interpreter than /usr/bin/python3" % path


def main():
    checks = {name[6:]: check for name, check in globals().items() if name.startswith("check_")}
    if len(sys.argv) != 3 or sys.argv[2] not in checks:
        sys.exit("usage: style.py SOURCE-FOLDER %s" % "|".join(checks))
    os.chdir(sys.argv[1])
    check = checks[sys.argv[2]]
    found = list(check())
    for line in found:
        print(line)
    if found:
        sys.exit("style: not so: %s" % check.__doc__)


if __name__ == "__main__":
    main()
