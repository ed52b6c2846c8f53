"""Scripts and commands that show a divergence to anybody, without this library where that can be."""

from conformance.report._reproductions._curl import CurlScript, curl_script
from conformance.report._reproductions._folders import script_path, scripts_of, write_scripts
from conformance.report._reproductions._running import Reproduced, reproduced
from conformance.report._reproductions._scripts import client_script, fixture_script

__all__ = [
    "CurlScript",
    "Reproduced",
    "client_script",
    "curl_script",
    "fixture_script",
    "reproduced",
    "script_path",
    "scripts_of",
    "write_scripts",
]
