"""An account on a port, as the real clients see it."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.storage import blob as blobs
from azure.storage import filedatalake as files
from azure.storage.blob.aio import BlobServiceClient as AsyncBlobs
from azure.storage.filedatalake.aio import DataLakeServiceClient as AsyncFiles

from conformance.emulators import hns
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from conformance.cassette import Request, Response
    from conformance.emulators.hns import ServedAccount

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "run-an-hns-account.md"
SOON = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def account() -> Iterator[ServedAccount]:
    with hns.serve_account() as served:
        yield served


@pytest.fixture
def lake(account: ServedAccount) -> Iterator[files.FileSystemClient]:
    with files.DataLakeServiceClient.from_connection_string(account.connection_string, retry_total=0) as client:
        yield client.create_file_system("lake")


def block(language: str, number: int) -> str:
    return str(re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[number])


def test_the_guide_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python", 0), str(GUIDE), "exec"), {})  # noqa: S102  (the guide's own code)
    assert capsys.readouterr().out == block("text", 0)


def test_the_tests_of_the_guide_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(block("python", 1))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_both_endpoints_see_the_same_account(account: ServedAccount, lake: files.FileSystemClient) -> None:
    lake.create_directory("a b").create_file("ä%+.txt").upload_data(b"hi", overwrite=True)
    with blobs.BlobServiceClient.from_connection_string(account.connection_string) as client:
        assert client.get_blob_client("lake", "a b/ä%+.txt").download_blob().readall() == b"hi"
        assert [item.name for item in client.list_containers()] == ["lake"]
        assert bool(client.get_account_information()["is_hns_enabled"])


def test_clients_that_do_not_block_are_served_too(account: ServedAccount) -> None:
    async def run() -> list[str]:
        async with AsyncFiles.from_connection_string(account.connection_string) as client:
            lake = await client.create_file_system("lake")
            await (await lake.create_file("ä b.txt")).upload_data(b"hi", overwrite=True)
        async with AsyncBlobs.from_connection_string(account.connection_string) as other:
            return [item.name async for item in other.get_container_client("lake").list_blobs()]

    assert asyncio.run(run()) == ["ä b.txt"]


def test_without_a_hierarchy_it_is_an_account_for_blobs() -> None:
    with (
        hns.serve_account(is_hierarchical=False) as account,
        blobs.BlobServiceClient.from_connection_string(account.connection_string) as client,
    ):
        client.create_container("box").upload_blob("a/b", b"")
        assert [item.name for item in client.get_container_client("box").list_blobs()] == ["a/b"]
        assert not client.get_account_information()["is_hns_enabled"]


def test_another_name_and_key_are_those_of_the_account() -> None:
    key = base64.b64encode(b"another").decode()
    with hns.serve_account("other", key) as account:
        assert (account.name, account.key, account.url) == ("other", key, f"http://{account.netloc}/other")
        with blobs.BlobServiceClient.from_connection_string(account.connection_string) as client:
            client.create_container("box")
        wrong = account.connection_string.replace(key, hns.KEY)
        with (
            blobs.BlobServiceClient.from_connection_string(wrong, retry_total=0) as client,
            pytest.raises(ClientAuthenticationError, match="AuthenticationFailed"),
        ):
            list(client.list_containers())


def test_a_key_that_is_not_base64_is_told() -> None:
    with pytest.raises(UsageError) as caught, hns.serve_account(key="k"):
        pass
    assert caught.value.fault.slug == "bad-key"


def test_an_open_account_lets_everybody_in() -> None:
    with hns.serve_account(is_open=True) as account:
        request = urllib.request.Request(f"{account.url}/box?restype=container", method="PUT")
        assert urllib.request.urlopen(request).status == 201


def test_one_seed_gives_one_run() -> None:
    def run() -> list[Any]:
        with hns.serve_account(seed=7) as account:
            text = account.connection_string
            with files.DataLakeServiceClient.from_connection_string(text) as client:
                made = client.create_file_system("lake").create_file("a")
                return [made.get_file_properties()[name] for name in ("etag", "last_modified", "creation_time")]

    assert run() == run()


def test_a_reset_forgets_everything(account: ServedAccount, lake: files.FileSystemClient) -> None:
    lake.create_file("a")
    account.reset()
    assert lake.exists() is False
    lake.create_file_system()
    request = urllib.request.Request(f"http://{account.netloc}/conformance-reset", method="POST")
    assert urllib.request.urlopen(request).status == 204
    assert lake.exists() is False


@pytest.mark.parametrize(("endpoint", "kind"), [("blob", "application/xml"), ("dfs", "application/json;charset=utf-8")])
def test_a_host_says_account_and_endpoint_where_it_names_them(endpoint: str, kind: str) -> None:
    with hns.serve_account(is_open=True) as account:
        host = f"{account.name}.{endpoint}.localhost:{account.netloc.rpartition(':')[2]}"
        request = urllib.request.Request(f"http://{account.netloc}/box/a", method="DELETE", headers={"Host": host})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        with caught.value as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (404, kind)


def test_requests_are_shown_with_their_answers() -> None:
    seen: list[tuple[str, int]] = []

    def watch(request: Request, response: Response) -> None:
        seen.append((request.method, response.status))

    with hns.serve_account(watch=watch) as account, pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(account.url)
    assert seen == [("GET", 404)]


def test_a_service_for_fixtures_is_an_account_that_ends() -> None:
    before = threading.active_count()
    with hns.service() as account:
        assert account.url == f"http://{account.netloc}/{hns.NAME}"
    assert threading.active_count() == before


# --- Signatures, end to end


def test_a_signature_reads_with_headers_of_its_own(account: ServedAccount, lake: files.FileSystemClient) -> None:
    lake.create_file("a").upload_data(b"hi", overwrite=True)
    token = blobs.generate_blob_sas(
        account.name, "lake", "a", account_key=account.key, permission="r", expiry=SOON, content_type="text/x",
        cache_control="no-store",
    )  # fmt: skip
    with urllib.request.urlopen(f"{account.url}/lake/a?{token}") as answer:
        assert (answer.read(), answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
            b"hi", "text/x", "no-store",
        )  # fmt: skip
        assert answer.headers.get_all("Content-Type") == ["text/x"]


def test_a_directory_is_shared_and_nothing_beside_it(account: ServedAccount, lake: files.FileSystemClient) -> None:
    lake.create_directory("d").create_file("x").upload_data(b"in", overwrite=True)
    lake.create_file("y").upload_data(b"out", overwrite=True)
    token = files.generate_directory_sas(account.name, "lake", "d", account.key, "rl", SOON)
    with files.FileSystemClient(account.url, "lake", credential=token, retry_total=0) as shared:
        assert shared.get_file_client("d/x").download_file().readall() == b"in"
        assert [path.name for path in shared.get_paths("d")] == ["d/x"]
        with pytest.raises(ClientAuthenticationError):
            shared.get_file_client("y").download_file()
        with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch"):
            shared.get_file_client("d/x").delete_file()


def test_a_stored_policy_is_that_of_its_container(account: ServedAccount, lake: files.FileSystemClient) -> None:
    lake.create_file("a").upload_data(b"hi", overwrite=True)
    lake.set_file_system_access_policy({"p": files.AccessPolicy(permission="r", expiry=SOON)})
    token = files.generate_file_system_sas(account.name, "lake", account.key, policy_id="p")
    with files.FileSystemClient(account.url, "lake", credential=token, retry_total=0) as shared:
        assert shared.get_file_client("a").download_file().readall() == b"hi"
        with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch"):
            shared.get_file_client("a").delete_file()


def test_a_user_signs_with_a_key_that_the_account_hands_out() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"oid": "me", "tid": "us"}).encode()).decode()
    told = {"Authorization": f"Bearer h.{claims}.s", "x-ms-version": "2024-08-04"}
    span = (SOON - timedelta(hours=2)).isoformat(), SOON.isoformat()

    def send(method: str, url: str, body: bytes = b"") -> str:
        with urllib.request.urlopen(urllib.request.Request(url, body, told, method=method)) as answer:
            return str(answer.read(), "utf-8-sig")

    with hns.serve_account(allows_tokens=True) as account:
        wanted = f"<KeyInfo><Start>{span[0]}</Start><Expiry>{span[1]}</Expiry></KeyInfo>".encode()
        said = ET.fromstring(send("POST", f"{account.url}/?restype=service&comp=userdelegationkey", wanted))  # noqa: S314
        key: Any = files.UserDelegationKey()  # type: ignore[no-untyped-call]  # the client asks for it by HTTPS alone
        for part in ("oid", "tid", "start", "expiry", "service", "version"):
            setattr(key, f"signed_{part}", said.findtext(f"Signed{part.title()}"))
        key.value = said.findtext("Value")
        assert (key.signed_oid, key.signed_tid, key.signed_service) == ("me", "us", "b")
        send("PUT", f"{account.url}/lake?restype=container")
        send("PUT", f"{account.url}/lake/a?resource=file")
        with files.FileSystemClient(account.url, "lake", credential=account.key) as lake:
            assert lake.get_file_client("a").get_access_control()["owner"] == "me"
        token = files.generate_file_sas(account.name, "lake", "", "a", key, "r", SOON)
        with urllib.request.urlopen(f"{account.url}/lake/a?{token}") as answer:
            assert answer.read() == b""
        other = files.generate_file_sas("other", "lake", "", "a", key, "r", SOON)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{account.url}/lake/a?{other}")


def test_what_is_public_is_read_by_anybody(account: ServedAccount) -> None:
    with blobs.BlobServiceClient.from_connection_string(account.connection_string) as client:
        client.create_container("shown", public_access="blob").upload_blob("a", b"hi")
        client.create_container("kept").upload_blob("a", b"hi")
    with blobs.BlobServiceClient(account.url, retry_total=0) as anybody:
        assert anybody.get_blob_client("shown", "a").download_blob().readall() == b"hi"
        with pytest.raises(ClientAuthenticationError, match="NoAuthenticationInformation"):
            anybody.get_blob_client("kept", "a").download_blob()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{account.url}/kept/a")


def test_a_missing_file_is_missing_to_both_clients(account: ServedAccount, lake: files.FileSystemClient) -> None:
    with pytest.raises(ResourceNotFoundError):
        lake.get_file_client("no").delete_file()
    with (
        blobs.BlobServiceClient.from_connection_string(account.connection_string) as client,
        pytest.raises(ResourceNotFoundError),
    ):
        client.get_blob_client("lake", "no").delete_blob()
