"""Signed notes against the examples published with the format (golang.org/x/mod/sumdb/note, C2SP)."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.checkpoint import (
    Checkpoint,
    NoteUnreadable,
    VerifierKey,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
    sign,
)
from services.audit.domain.merkle import EMPTY_ROOT
from services.audit.signing import CheckpointSigner, KeyUnusable, load_verifier_key, verify_ed25519

PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""

ORIGIN = "tongban.bozhou.gov.cn/audit"
SIGNER = CheckpointSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_the_published_keys_are_read_and_written_back():
    for text in (PETER_KEY, ENOCH_KEY):
        assert str(parse_verifier_key(text)) == text


def test_the_published_signature_is_made_from_the_published_seed():
    seed = base64.b64decode(PETER_SEED)[1:]
    signer = CheckpointSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed))
    assert str(signer.key) == PETER_KEY
    key_id_and_signature = base64.b64decode(PETER.split(" ")[2])
    assert key_id_and_signature[:4] == signer.key.key_id
    assert verify_ed25519(signer.key.public_key, key_id_and_signature[4:], TEXT.encode())


def test_a_note_with_an_unknown_signature_beside_is_accepted():
    note = parse_note(f"{TEXT}\n{PETER}{ENOCH}")
    assert str(note) == f"{TEXT}\n{PETER}{ENOCH}"
    assert note.is_signed_by(parse_verifier_key(PETER_KEY), verify_ed25519)
    assert note.is_signed_by(parse_verifier_key(ENOCH_KEY), verify_ed25519)


def test_a_note_without_the_key_or_with_another_text_is_not_signed():
    peter = parse_verifier_key(PETER_KEY)
    assert not parse_note(f"{TEXT}\n{ENOCH}").is_signed_by(peter, verify_ed25519)
    assert not parse_note(f"{TEXT}more\n\n{PETER}").is_signed_by(peter, verify_ed25519)


def test_one_wrong_signature_of_a_known_key_spoils_the_note():
    wrong = PETER.replace("ZJku", "ZJkv")
    assert not parse_note(f"{TEXT}\n{PETER}{wrong}").is_signed_by(
        parse_verifier_key(PETER_KEY), verify_ed25519
    )


@pytest.mark.parametrize("position", range(len(PETER_KEY)))
def test_a_mangled_key_is_refused(position):
    mangled = PETER_KEY[:position] + chr(ord(PETER_KEY[position]) + 1) + PETER_KEY[position + 1 :]
    with pytest.raises(NoteUnreadable):
        parse_verifier_key(mangled)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        f"{TEXT}\n{PETER[:-1]}",
        f"\x01{TEXT}\n{PETER}",
        f"{TEXT}\r\n\n{PETER}",
        f"\ud800{TEXT}\n{PETER}",
        f"{TEXT}\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUg==\n",
        f"{TEXT}\n- PeterNeumann x08go/ZJ\n",
        f"{TEXT}\n— Peter+Neumann x08go/ZJ\n",
        f"{TEXT}\n— PeterNeumann \n",
        f"{TEXT}\n— PeterNeumann x08goA==\n",
        f"{TEXT}\n— PeterNeumann x08go/ZJ=\n",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n" + PETER * 65,
        "x" * 70_000 + f"\n\n{PETER}",
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(NoteUnreadable):
        parse_note(note)


def test_the_example_of_the_checkpoint_format_is_read():
    note = parse_note(EXAMPLE)
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.tree_size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")
    assert checkpoint.text == note.text


def test_our_checkpoints_are_what_the_format_asks_for():
    note = str(SIGNER.sign(7, EMPTY_ROOT))
    assert note.split("\n")[:4] == [ORIGIN, "7", base64.b64encode(EMPTY_ROOT).decode(), ""]
    assert note.split("\n")[4].startswith(f"— {ORIGIN} ")
    assert open_checkpoint(note, SIGNER.key, verify_ed25519) == Checkpoint(ORIGIN, 7, EMPTY_ROOT)


def test_a_checkpoint_of_another_log_or_key_is_not_opened():
    other = CheckpointSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert open_checkpoint(str(SIGNER.sign(7, EMPTY_ROOT)), other.key, verify_ed25519) is None
    foreign = sign(Checkpoint("another.example/log", 7, EMPTY_ROOT), SIGNER.key, SIGNER._private_key.sign)
    assert open_checkpoint(str(foreign), SIGNER.key, verify_ed25519) is None


def test_extension_lines_are_kept_and_signed():
    checkpoint = Checkpoint(ORIGIN, 7, EMPTY_ROOT, ("sm3 abc",))
    assert parse_checkpoint(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n7\n",
        f"origin\n7\n{base64.b64encode(EMPTY_ROOT).decode()}",
        f"origin\n07\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"origin\n+7\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"origin\n-7\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"origin\n٧\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"\n7\n{base64.b64encode(EMPTY_ROOT).decode()}\n",
        f"origin\n7\n{base64.b64encode(EMPTY_ROOT[:31]).decode()}\n",
        f"origin\n7\n{base64.b64encode(EMPTY_ROOT).decode()[:-1]}\n",
        f"origin\n7\n{base64.b64encode(EMPTY_ROOT).decode()}\n\nextension\n",
    ],
)
def test_a_checkpoint_is_written_in_one_way_only(text):
    with pytest.raises(NoteUnreadable):
        parse_checkpoint(text)


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32), st.data())
def test_no_character_of_a_checkpoint_can_change(tree_size, root, data):
    note = str(SIGNER.sign(tree_size, root))
    position = data.draw(st.integers(0, len(note) - 1))
    character = data.draw(st.characters().filter(lambda c: c != note[position]))
    changed = note[:position] + character + note[position + 1 :]
    try:
        opened = open_checkpoint(changed, SIGNER.key, verify_ed25519)
    except NoteUnreadable:
        return
    assert opened is None


def test_a_public_key_is_read_from_pem_and_from_its_written_form():
    pem = SIGNER._private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert load_verifier_key(pem, ORIGIN) == SIGNER.key == load_verifier_key(str(SIGNER.key), "ignored")


def test_a_key_of_another_kind_is_refused(tmp_path):
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    other = X25519PrivateKey.generate()
    path = tmp_path / "audit.signing.key"
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyUnusable):
        CheckpointSigner.from_file(ORIGIN, path)
    with pytest.raises(KeyUnusable):
        load_verifier_key(
            other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), ORIGIN
        )


def test_a_key_name_with_a_space_or_plus_is_refused():
    for name in ("", "a b", "a+b", "a\u3000b"):
        with pytest.raises(NoteUnreadable):
            VerifierKey(name, bytes(32))
