"""The masker sees through escapes, halves and base64, keeps lines, and leaves alone what is nobody's secret."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.keys import mask, mask_key_id
from migrate.masking import Masker
from tests.madeup import key_id

SECRET = "abCD1/efGH2+ijKL3/mnOP4+qrST5/uvWX6+yzAB"
ID = key_id("dev")


def forms() -> dict[str, str]:
    """The secret as other texts hold it."""
    json_escaped = SECRET.replace("/", r"\/")
    upper = "".join(f"\\u{ord(c):04X}" if c in "/+" else c for c in SECRET)
    return {
        "plain": SECRET,
        "json slash": f'"secret": "{json_escaped}"',
        "json unicode": f'"secret": "{upper}"',
        "json in json": json.dumps(json.dumps({"x": upper})),
        "all unicode": "".join(f"\\u{ord(c):04x}" for c in SECRET),
        "python hex": "".join(f"\\x{ord(c):02x}" for c in SECRET),
        "url": f"s3://x:{quote(SECRET, safe='')}@bucket",
        "url twice": quote(quote(SECRET, safe=""), safe=""),
        "url lower": quote(SECRET, safe="").replace("%2F", "%2f"),
        "html": SECRET.replace("/", "&#x2F;").replace("+", "&#43;"),
        "html names": SECRET.replace("/", "&sol;").replace("+", "&plus;"),
        "two literals": f'x = "{SECRET[:20]}" "{SECRET[20:]}"',
        "added": f"x = '{SECRET[:17]}' + '{SECRET[17:]}'",
        "over lines": f'x = (\n    "{SECRET[:20]}"\n    "{SECRET[20:]}"\n)',
        "continued": f'x = "{SECRET[:20]}" + \\\n    "{SECRET[20:]}"',
        "halves with escapes": f'x = "{json_escaped[:20]}" + "{json_escaped[20:]}"',
        "base64": base64.b64encode(SECRET.encode()).decode(),
        "base64 of more": base64.b64encode(f"key={SECRET}".encode()).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(f"{ID}:{SECRET}".encode()).decode(),
    }


def traces(text: str) -> bool:
    """Is a run of the secret, or of its base64, still there?"""
    encoded = base64.b64encode(SECRET.encode()).decode()
    return any(piece in text for whole in (SECRET, encoded) for piece in (whole[n : n + 10] for n in range(len(whole) - 10)))


@pytest.mark.parametrize("form", forms())
@pytest.mark.parametrize("known", [True, False], ids=["known", "by its shape"])
def test_no_form_of_the_secret_is_shown(form: str, known: bool) -> None:
    text = f"before\n{forms()[form]}\nafter"
    masked = Masker([SECRET] if known else []).mask(text)
    assert not traces(masked) and "****" in masked, masked
    assert masked.count("\n") == text.count("\n")
    assert masked.startswith("before\n") and masked.endswith("\nafter")


@pytest.mark.parametrize("text", ['"{0}", "{1}"', '[\n  "{0}",\n  "{1}",\n]'])
def test_a_known_secret_in_elements_of_a_list(text: str) -> None:
    assert not traces(Masker([SECRET]).mask(text.format(SECRET[:20], SECRET[20:])))


@pytest.mark.parametrize("many", [False, True])
def test_many_known_values_are_as_well_hidden(many: bool) -> None:
    others = [f"other-value-{n:05d}" for n in range(200 if many else 2)]
    for text in forms().values():
        assert not traces(Masker([SECRET, *others]).mask(text)), text


def test_a_key_id_in_escapes_is_cut() -> None:
    text = "".join(f"\\u{ord(c):04x}" for c in ID)
    assert Masker().mask(f'"{text}"') == f'"{mask_key_id(ID)}"'
    assert ID not in Masker().mask(f'"{ID[:10]}" + "{ID[10:]}"') and ID[10:16] not in Masker().mask(f'"{ID[:10]}" + "{ID[10:]}"')


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("DB_PASSWORD=hunter2hunter2", "hunter2hunter2"),
        ('password = "correct-horse"', "correct-horse"),
        ("slack_token: 'abcdefgh'", "abcdefgh"),
        ("x = ghp_" + "a1" * 18, "a1a1"),
        ("glpat-" + "a1b2c3d4e5" * 2, "a1b2c3"),
        ("xoxb-1234567890-abcdef", "1234567890"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJzdWIi"),
        ("aoaAAAAAGhmFfYwYTk2ZjQ3ZGFhN2E2ZTQ5ZDQ1", "GhmFfYw"),
    ],
)
def test_secrets_of_others_are_hidden(text: str, hidden: str) -> None:
    assert hidden not in mask(text) and "****" in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "token = get_token()",
        "password: str",
        "password = None",
        "secret = config.secret",
        'x = ["one", "two"] + ["three"]',
        "a 100% sure thing, 50%25 off &amp; more",
        r"C:\users\x41\new",
        "https://corp.awsapps.com/start",
        "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef",
        "secret_name = load()",
        "tokenizer = 'bert-base'",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ],
)
def test_what_is_nobodys_secret_stays(text: str) -> None:
    assert Masker().mask(text) == text


@given(st.text(alphabet="ab\"' +,\\/%2F\n&#47;u0", max_size=60), st.text(alphabet="ab\"' +,\\/%2F\n&#47;u0", max_size=60))
def test_around_a_secret_nothing_is_lost_and_lines_stay(before: str, after: str) -> None:
    masked = Masker([SECRET]).mask(f"{before} {SECRET} {after}")
    assert not traces(masked) and masked.count("\n") == (before + after).count("\n")


@pytest.mark.parametrize("long", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_long_texts_take_no_square_of_time(long: int) -> None:
    Masker([SECRET]).mask(("\\/" * 2 * long) + ('"a" + "b" ' * long) + "%2F" * 2 * long)
