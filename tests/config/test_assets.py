import json
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from config import assets

SOURCE = settings.BASE_DIR / "visits" / "static" / "visits" / "tablet"


def test_the_installed_libraries_are_what_the_lock_names(tmp_path: Path):
    assert assets.install_libraries(source=SOURCE, target=tmp_path, dev=True) is True
    for path in (
        *("idb/build/index.js", "jose/dist/webapi/index.js", "leaflet/dist/leaflet-src.esm.js"),
        *("leaflet/dist/leaflet.css", "leaflet/dist/images/marker-icon.png", "leaflet/LICENSE"),
        *("signature_pad/dist/signature_pad.js", "uqr/dist/index.mjs", "axe-core/axe.min.js"),
    ):
        assert (tmp_path / "npm" / path).stat().st_size > 0, path
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "npm", "stamp.json"]


def test_a_second_installation_does_nothing_until_the_lock_changes(tmp_path: Path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (source / name).write_bytes((SOURCE / name).read_bytes())
    assert assets.install_libraries(source=source, target=tmp_path / "a", dev=True) is True
    assert assets.install_libraries(source=source, target=tmp_path / "a", dev=True) is False
    assert assets.install_libraries(source=source, target=tmp_path / "a") is False, (
        "with axe it is also complete without"
    )
    (source / "package-lock.json").write_bytes((SOURCE / "package-lock.json").read_bytes() + b"\n")
    assert assets.install_libraries(source=source, target=tmp_path / "a") is True


def test_links_to_source_maps_are_left_out(tmp_path: Path):
    assets.install_libraries(source=SOURCE, target=tmp_path)
    for path in (tmp_path / "npm").rglob("*.js"):
        assert b"sourceMappingURL" not in path.read_bytes(), path


def test_an_unreachable_registry_is_explained(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    settings.ASSETS_DIR = tmp_path / "assets"
    with pytest.raises(CommandError, match="Check that this machine reaches its npm registry"):
        call_command("assets")


def test_npm_of_the_python_package_serves_where_the_path_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.install_libraries(source=SOURCE, target=tmp_path / "assets") is True
    assert (tmp_path / "assets" / "npm" / "idb" / "build" / "index.js").exists()


def test_the_lock_file_names_checksums_and_no_host():
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/idb", "node_modules/jose", "node_modules/leaflet"} <= set(packages)
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


def test_translations_are_compiled_once_and_again_after_a_change(tmp_path: Path):
    source, target = tmp_path / "source", tmp_path / "target"
    po = source / "en" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Simpan"\nmsgstr "Save"\n'
    )
    assert assets.compile_translations(source=source, target=target) == 1
    mo = target / "en" / "LC_MESSAGES" / "django.mo"
    assert b"Save" in mo.read_bytes()
    assert assets.compile_translations(source=source, target=target) == 0
    newer = mo.stat().st_mtime + 10
    os.utime(po, (newer, newer))
    assert assets.compile_translations(source=source, target=target) == 1
    assert list(source.rglob("*.mo")) == [], "the checkout may be read-only"
