"""Who sent what: a recording that tells of failures shows the work of a user with a token, and of the account."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from conformance.cassette import Interaction, Request, Response
from conformance.compare.verification import Account
from conformance.compare.verification._azure_identities import USER, bearer, with_users
from tests.compare.verification.servers import AZURE

DFS = "https://old.dfs.core.windows.net/lake"
TOKEN = Interaction(Request("POST", "https://login.microsoftonline.com/t/oauth2/v2.0/token"), Response(200))
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def made(path: str) -> Interaction:
    return Interaction(Request("PUT", f"{DFS}/{path}?resource=file"), Response(201))


def changed(*failed: str) -> Interaction:
    body = json.dumps({"failedEntries": [{"name": name} for name in failed]}).encode()
    return Interaction(Request("PATCH", f"{DFS}/d?action=setAccessControlRecursive&mode=set"), Response(200, body=body))


def users(*items: Interaction) -> list[bool]:
    return [dict(item.request.headers).get("Authorization") == bearer(USER) for item in with_users(items)]


def test_a_user_made_what_could_be_changed_and_somebody_else_the_rest() -> None:
    items = made("d%2Fbefore"), TOKEN, made("d%2Fmine"), made("d%2Ftheirs"), changed("d/theirs"), changed()
    assert users(*items) == [False, False, True, False, True, True]


def test_without_a_failure_or_a_token_all_is_by_the_account() -> None:
    assert not any(users(TOKEN, made("f"), changed()))
    assert not any(users(made("f"), changed("d/f")))


def test_a_token_is_sent_where_the_server_takes_tokens() -> None:
    item = with_users([TOKEN, made("f"), changed("g")])[1]
    account = Account("name", "a2V5", takes_tokens=True)
    sent = AZURE.signed(item.request, account, item.response, now=NOW)
    assert dict(sent.headers)["Authorization"] == bearer(USER)
    signed = AZURE.signed(item.request, replace(account, takes_tokens=False), item.response, now=NOW)
    assert dict(signed.headers)["Authorization"].startswith("SharedKey name:")


def test_an_answer_that_tells_no_entries_tells_of_no_failure() -> None:
    broken = changed()
    bodies = (b"", b"{}", b"[]", b'{"failedEntries": [1]}')
    items = [replace(broken, response=replace(broken.response, body=body)) for body in bodies]
    assert not any(users(TOKEN, *items))
