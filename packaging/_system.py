"""What Qt needs of a Linux system: which libraries and fonts are missing, and how to get them."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

PACKAGES = {  # library -> Debian's (and Ubuntu's) package
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT = "a font (any TrueType or OpenType file)"
PLUGINS = ("platforms/libqxcb.so", "platforms/libqoffscreen.so")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def missing_libraries(qt: Path) -> list[str]:
    """Names of shared libraries that Qt's modules and platform plugins ask for and the system has not."""
    files = [path for pattern in ("Qt*.abi3.so", "Qt*.so") for path in qt.glob(pattern)]
    files += [qt / "Qt" / "plugins" / name for name in PLUGINS]
    loader = shutil.which("ldd")
    if loader is None:
        return [name for name in PACKAGES if name != "libxcb-xinerama.so.0" and not _loads(name)]
    asked = subprocess.run([loader, *map(str, files)], capture_output=True, text=True, check=False)
    return sorted({line.split()[0] for line in asked.stdout.splitlines() if line.endswith("not found")})


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether there is one font file where fontconfig looks: without any, Qt draws no text."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(_fonts_in(folder) for folder in folders)


def _fonts_in(folder: Path) -> bool:
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc")) for _, _, names in os.walk(folder) for name in names
    )


def packages_for(missing: Iterable[str]) -> tuple[list[str], list[str]]:
    """Debian packages for what is missing, and what no package is known for."""
    known = dict(PACKAGES, **{FONT: FONT_PACKAGE})
    missing = list(missing)
    return sorted({known[name] for name in missing if name in known}), [n for n in missing if n not in known]


def apt_line(packages: Iterable[str]) -> str:
    sudo = "" if is_root() else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(packages)}"


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages when we are root and there is apt; True when that worked."""
    if not is_root() or shutil.which("apt-get") is None:
        return False
    print("As root: " + apt_line(packages), flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "-q", "update"], env=environment, check=False)
    # --reinstall: a file of an installed package may be what is missing.
    install = ["apt-get", "-q", "install", "-y", "--reinstall", "--no-install-recommends", *packages]
    return subprocess.run(install, env=environment, check=False).returncode == 0


def provide(qt: Path) -> str | None:
    """Get Qt what it needs; a sentence when something is still missing."""
    missing = _missing(qt)
    packages, unknown = packages_for(missing)
    if packages and apt_install(packages):
        missing = _missing(qt)
        packages, unknown = packages_for(missing)
    if not missing:
        return None
    sentence = "The window needs what this system lacks: " + ", ".join(missing) + "."
    if packages and shutil.which("apt-get"):
        sentence += "\nRun this line, then start again:\n    " + apt_line(packages)
    else:
        sentence += "\nInstall these with your system's package manager, then start again."
    if unknown and packages:
        sentence += "\nNo package is known for: " + ", ".join(unknown) + "."
    return sentence


def _missing(qt: Path) -> list[str]:
    return missing_libraries(qt) + ([] if has_font() else [FONT])
