# Prints the public names of asyncio and contextvars as JSON: docs/asyncio-names.json, against which
# test/asyncio-names.test.ts holds the table of docs/asyncio.md. For a new Python:
#   python3.15 docs/scripts/asyncio-names.py > docs/asyncio-names.json && npx oxfmt docs/asyncio-names.json
import asyncio
import asyncio.subprocess
import contextvars
import inspect
import json
import platform
import re

# Documented, but not in `__all__`, or not on every system.
DOCUMENTED = (
    "AbstractEventLoopPolicy",
    "DefaultEventLoopPolicy",
    "ProactorEventLoop",
    "WindowsProactorEventLoopPolicy",
    "WindowsSelectorEventLoopPolicy",
    "open_unix_connection",
    "start_unix_server",
    "subprocess.DEVNULL",
    "subprocess.PIPE",
    "subprocess.STDOUT",
)


def members(cls):
    """What a class adds to those that it extends: methods, properties and attributes."""
    names = {name for name in vars(cls) if not name.startswith("_")}
    if cls.__module__ != "builtins":
        names |= set(re.findall(r"^ +self\.([a-z]\w*) = ", inspect.getsource(cls), re.MULTILINE))
    inherited = set().union(*(dir(base) for base in cls.__mro__[1:]))
    return sorted(names - inherited)


def written_in_python(cls):
    """The Python twin of what CPython has in C, since it has the same members and a source."""
    return getattr(asyncio.futures, f"_Py{cls.__name__}", None) or getattr(
        asyncio.tasks, f"_Py{cls.__name__}", cls
    )


classes = {}
names = set(DOCUMENTED)
for name in asyncio.__all__:
    if name.startswith("_"):
        continue
    names.add(name)
    if inspect.isclass(getattr(asyncio, name)):
        classes[name] = members(written_in_python(getattr(asyncio, name)))
names.add("subprocess.Process")
classes["subprocess.Process"] = members(asyncio.subprocess.Process)
for name in contextvars.__all__:
    names.add(name)
    if inspect.isclass(getattr(contextvars, name)):
        classes[name] = sorted(n for n in dir(getattr(contextvars, name)) if not n.startswith("_"))

print(
    json.dumps(
        {
            "python": platform.python_version(),
            "names": sorted(names),
            "members": {name: classes[name] for name in sorted(classes) if classes[name]},
        },
        indent=2,
    )
)
