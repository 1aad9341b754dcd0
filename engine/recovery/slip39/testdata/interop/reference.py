"""Shares of the reference implementation, https://github.com/trezor/python-shamir-mnemonic (pip install shamir-mnemonic).

    python3 reference.py make > reference.json    shares for our test to join
    python3 reference.py join < ours.json         joins the ones that we made, and fails if one does not give its root
"""
import itertools, json, random, secrets, sys
from shamir_mnemonic import combine_mnemonics, generate_mnemonics

CASES = [  # groups needed, [(needed, of)], exponent, passphrase, extendable, bytes
    (1, [(1, 1)], 0, "", True, 32), (1, [(2, 3)], 0, "", True, 32), (1, [(3, 5)], 0, "", True, 32),
    (1, [(5, 7)], 0, "", True, 32), (1, [(16, 16)], 0, "", True, 32), (1, [(2, 3)], 0, "", False, 32),
    (1, [(2, 2)], 2, "TREZOR", True, 32), (1, [(2, 2)], 1, "TREZOR", False, 16), (1, [(3, 4)], 0, "", True, 64),
    (2, [(2, 3), (1, 1), (3, 5)], 0, "", True, 32), (3, [(1, 1), (2, 2), (2, 4), (4, 5)], 0, "p4ss phrase!", False, 24),
]

def make():
    out = []
    for need, groups, exponent, phrase, extendable, size in CASES:
        root = secrets.token_bytes(size)
        made = generate_mnemonics(need, groups, root, phrase.encode(), extendable, exponent)
        out.append({"root": root.hex(), "passphrase": phrase, "groupsNeed": need,
                    "groups": [{"need": n, "shares": s} for (n, _), s in zip(groups, made)]})
    json.dump(out, sys.stdout, indent=1)

def join():
    joined = 0
    for case in json.load(sys.stdin):
        group = case["groups"][0]
        subsets = list(itertools.combinations(group["shares"], group["need"]))
        for some in random.sample(subsets, min(20, len(subsets))):
            assert combine_mnemonics(some, case["passphrase"].encode()).hex() == case["root"], case
            joined += 1
    print(joined, "joined")

{"make": make, "join": join}[sys.argv[1]]()
