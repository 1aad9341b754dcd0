"""Writes cases.json: files as tutorials for PyCryptodome have people write them, made by that library itself
(Debian: python3-pycryptodome), and a few by openssl. Run it here; the tests read only what it wrote.

    /usr/bin/python3 make.py
"""
import base64, json, os, subprocess
from Cryptodome import version_info
from Cryptodome.Cipher import AES, PKCS1_OAEP
from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Random import get_random_bytes
from Cryptodome.Util.Padding import pad

cases = []
AGE = b"# created: 2020-01-01T00:00:00Z\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n"
TEXT = "The safe opens with 37-12-4. 금고 번호입니다.\n".encode()

def case(name, data, plain, fmt, what, passphrase=None, key=None, text=None):
    if text == "base64":
        data = base64.b64encode(data) + b"\n"
    elif text == "lines":
        data = base64.encodebytes(data)
    elif text == "urlsafe":
        data = base64.urlsafe_b64encode(data)
    elif text == "hex":
        data = data.hex().encode()
    elif text == "printed":
        data = str(base64.b64encode(data)).encode()
    b64 = lambda b: None if b is None else base64.b64encode(b).decode()
    cases.append({"name": name, "data": b64(data), "plain": b64(plain), "format": fmt, "what": what,
                  "passphrase": b64(passphrase), "key": b64(key)})

zero = lambda b, n=16: b + b"\0" * (-len(b) % n)
rsa = RSA.generate(2048)
pem = rsa.export_key()
short = RSA.generate(1024)

# 1. The key file of the tutorials on losing keys: AES-ECB, with the passphrase as the key.
ecb = lambda key, plain: AES.new(key, AES.MODE_ECB).encrypt(plain)
for n, phrase in {16: b"sixteen byte key", 24: b"a key of twenty-four chr", 32: b"This passphrase is 32 bytes long"}.items():
    case(f"ecb, {n} bytes, PEM", ecb(phrase, pad(pem, 16)), pem, "ecb", "key", phrase)
    case(f"ecb, {n} bytes, text, zeros", ecb(phrase, zero(TEXT)), TEXT, "ecb", "text", phrase)
phrase = b"my secret"
for n in 16, 24, 32:
    case(f"ecb, zeros to {n}", ecb(phrase.ljust(n, b"\0"), pad(AGE, 16)), AGE, "ecb", "key", phrase)
    case(f"ecb, spaces to {n}", ecb(phrase.ljust(n), pad(AGE, 16)), AGE, "ecb", "key", phrase)
    case(f"ecb, PKCS#7 to {n}", ecb(pad(phrase, n), pad(AGE, 16)), AGE, "ecb", "key", phrase)
exact = b"sixteen byte key"
case("ecb, PKCS#7 of a full block", ecb(pad(exact, 16), pad(TEXT, 16)), TEXT, "ecb", "text", exact)
long = "아주 긴 암호문구는 서른두 바이트를 넘습니다".encode()
case("ecb, cut to 32", ecb(long[:32], pad(TEXT, 16)), TEXT, "ecb", "text", long)
case("ecb, cut to 16", ecb(long[:16], pad(pem, 16)), pem, "ecb", "key", long)
for text in "base64", "lines", "urlsafe", "hex", "printed":
    case(f"ecb, {text}", ecb(exact, pad(pem, 16)), pem, "ecb", "key", exact, text=text)
bare = get_random_bytes(32)
case("ecb, bare key, no padding", ecb(exact, bare), bare, "ecb", "noise", exact)
case("ecb, bare key, PKCS#7", ecb(exact, pad(bare, 16)), bare, "ecb", "bytes", exact)
case("ecb, DER", ecb(exact, pad(rsa.export_key("DER"), 16)), rsa.export_key("DER"), "ecb", "key", exact)
keyfile = get_random_bytes(32)
case("ecb, key file", ecb(keyfile, pad(TEXT, 16)), TEXT, "ecb", "text", key=keyfile)

# 2. AES-EAX: file_out.write(cipher.nonce), tag, ciphertext.
def eax(key, plain):
    cipher = AES.new(key, AES.MODE_EAX)
    body, tag = cipher.encrypt_and_digest(plain)
    assert len(cipher.nonce) == len(tag) == 16
    return cipher.nonce + tag + body
for n in 16, 24, 32:
    key = get_random_bytes(n)
    case(f"eax, key file of {n}", eax(key, TEXT), TEXT, "eax", "text", key=key)
    case(f"eax, key file of {n} in base64", eax(key, TEXT), TEXT, "eax", "text", key=base64.b64encode(key) + b"\n")
    case(f"eax, key file of {n} in hex", eax(key, TEXT), TEXT, "eax", "text", key=key.hex().encode())
case("eax, passphrase", eax(exact, pem), pem, "eax", "key", exact)
case("eax, passphrase and zeros", eax(phrase.ljust(32, b"\0"), AGE), AGE, "eax", "key", phrase)
case("eax, base64", eax(exact, AGE), AGE, "eax", "key", exact, text="base64")
case("eax, a bare key", eax(exact, bare), bare, "eax", "bytes", exact)
case("eax, nothing", eax(exact, b""), b"", "eax", "bytes", exact)
case("eax, 16 bytes, so that it could be ecb", eax(exact, b"0123456789abcdef"), b"0123456789abcdef", "eax", "text", exact)

# 3. RSA-OAEP, and a session key before EAX.
for name, k in {"1024": short, "2048": rsa}.items():
    case(f"oaep, {name}", PKCS1_OAEP.new(k.public_key()).encrypt(b"attack at dawn"), b"attack at dawn", "oaep", "text", key=k.export_key())
    case(f"oaep, {name}, SHA-256", PKCS1_OAEP.new(k.public_key(), SHA256).encrypt(exact), exact, "oaep", "text", key=k.export_key())
    session = get_random_bytes(16)
    enc = PKCS1_OAEP.new(k.public_key()).encrypt(session)
    case(f"session, {name}", enc + eax(session, TEXT), TEXT, "session", "text", key=k.export_key())
case("oaep, base64", PKCS1_OAEP.new(rsa).encrypt(bare), bare, "oaep", "bytes", key=pem, text="base64")
session = get_random_bytes(32)
case("session, SHA-256, base64", PKCS1_OAEP.new(rsa, SHA256).encrypt(session) + eax(session, pem), pem, "session", "key", key=pem, text="base64")
code = b"Unguessable"
for name, key in {"PKCS#8, scrypt": rsa.export_key(passphrase=code, pkcs=8, protection="scryptAndAES128-CBC"),
                  "PKCS#8, default": rsa.export_key(passphrase=code, pkcs=8), "PKCS#1": rsa.export_key(passphrase=code),
                  "DER": rsa.export_key("DER")}.items():
    secret = None if name == "DER" else code
    case(f"oaep, key in {name}", PKCS1_OAEP.new(rsa).encrypt(b"hi"), b"hi", "oaep", "text", secret, key)

# 4. The key itself.
case("pem, scrypt", rsa.export_key(passphrase=code, pkcs=8, protection="scryptAndAES128-CBC"),
     rsa.export_key(passphrase=code, pkcs=8, protection="scryptAndAES128-CBC"), "pem", "key", code)
cases[-1]["plain"] = cases[-1]["data"]
case("pem, PKCS#1", rsa.export_key(passphrase=code), None, "pem", "key", code)
cases[-1]["plain"] = cases[-1]["data"]

# 5. openssl, which pads as PKCS#7 and has no EAX.
def openssl(*args, stdin):
    return subprocess.run(["openssl", *args], input=stdin, check=True, capture_output=True).stdout
for n, key in {128: exact, 256: b"This passphrase is 32 bytes long"}.items():
    case(f"openssl enc -aes-{n}-ecb", openssl("enc", f"-aes-{n}-ecb", "-K", key.hex(), stdin=pem), pem, "ecb", "key", key)
open("public.pem", "wb").write(rsa.public_key().export_key())
for h in "sha1", "sha256":
    blob = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:" + h, stdin=b"hello")
    case(f"openssl pkeyutl, {h}", blob, b"hello", "oaep", "text", key=pem)
os.remove("public.pem")

json.dump({"made by": "pycryptodome " + ".".join(map(str, version_info)), "cases": cases}, open("cases.json", "w"), indent=1)
print(len(cases), "cases")
