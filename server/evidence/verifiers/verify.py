#!/usr/bin/env python3
"""Verifies an evidence pack offline with nothing but Python's standard library (3.8 or later).

    python3 verify.py [ZIP or folder] [--key <verifier key>]... [--policy <file>]

Written from the specifications alone (FORMAT.md, RFC 8032, RFC 9162, APPNOTE, c2sp.org), so that two programs of two
makes must agree. Prints each finding as `file: what is wrong` and ends with 1 if there is one.
"""
import base64
import hashlib
import json
import os
import re
import sys
import zlib

# --- Ed25519 (RFC 8032, section 5.1), verification only; nothing here is secret, so nothing runs in constant time ---
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Extended coordinates, section 5.1.4."""
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decode_point(data):
    """Section 5.1.3; None for what encodes no point."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * SQRT_M1 % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_ed25519(public_key, message, signature):
    if len(signature) != 64:
        return False
    a, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


class Finding(Exception):
    pass


def require(condition, message):
    if not condition:
        raise Finding(message)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(text, length=None):
    """Strict: one value has one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Finding("has malformed base64")
    require(base64.b64encode(data).decode() == text and length in (None, len(data)), "has malformed base64")
    return data


def hash_lines(text):
    require(text == "" or text.endswith("\n"), "does not end in a line")
    return [b64(line, 32) for line in text.split("\n")[:-1]]


# --- the tree: roots recomputed by recursion on the definition of RFC 9162, section 2.1 ---
def node(left, right):
    return sha256(b"\x01" + left + right)


def split(size):
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def inclusion_root(leaf_hash, index, size, proof):
    """PATH(m, D[n]) ends with the sibling at the root."""
    require(0 <= index < size, "names no leaf of the tree")
    if size == 1:
        require(not proof, "has a proof that is too long")
        return leaf_hash
    require(proof, "has a proof that is too short")
    k, rest, sibling = split(size), proof[:-1], proof[-1]
    if index < k:
        return node(inclusion_root(leaf_hash, index, k, rest), sibling)
    return node(sibling, inclusion_root(leaf_hash, index - k, size - k, rest))


def subproof(m, n, proof, is_whole, old_root):
    """SUBPROOF(m, D[n], b): the roots of the old and of the new tree as the proof makes them."""
    if m == n:
        if is_whole:
            require(not proof, "has a proof that is too long")
            return old_root, old_root
        require(len(proof) == 1, "has a proof of a wrong length")
        return proof[0], proof[0]
    require(proof, "has a proof that is too short")
    k, rest, last = split(n), proof[:-1], proof[-1]
    if m <= k:
        old, new = subproof(m, k, rest, is_whole, old_root)
        return old, node(new, last)
    old, new = subproof(m - k, n - k, rest, False, old_root)
    return node(last, old), node(last, new)


def require_consistent(older, newer, proof):
    require(0 < older["size"] <= newer["size"], "compares sizes that cannot be")
    old, new = subproof(older["size"], newer["size"], proof, True, older["root"])
    require(old == older["root"] and new == newer["root"], "does not prove that the log only grew")


# --- keys, policies, notes ---
def parse_key(text):
    name, key_id, encoded = text.split("+", 2)
    data = b64(encoded)
    require(len(data) == 33 and data[0] in (1, 4), "a key is malformed")
    require(sha256(name.encode() + b"\n" + data)[:4].hex() == key_id, "a key's id is not its own")
    return {"name": name, "id": key_id, "type": data[0], "public": data[1:], "text": text}


def parse_policy(text):
    logs, witnesses, rules, quorum = [], {}, {}, None
    for line in text.split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            logs.append(parse_key(words[1]))
        elif words[0] == "witness":
            witnesses[words[1]] = parse_key(words[2])
            rules[words[1]] = lambda cosigned, name=words[1]: name in cosigned
        elif words[0] == "group":
            members = [rules[name] for name in words[3:]]
            least = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
            require(1 <= least <= len(members), "the policy's threshold cannot be met")
            rules[words[1]] = lambda cosigned, m=members, k=least: sum(rule(cosigned) for rule in m) >= k
        elif words[0] == "quorum":
            quorum = (lambda cosigned: True) if words[1] == "none" else rules[words[1]]
        else:
            raise Finding("the policy has an unknown line")
    require(quorum is not None or not text.strip(), "the policy has no quorum")
    return logs, witnesses, quorum or (lambda cosigned: True)


def open_checkpoint(note, trust):
    """Every signature line must be by a known key, so that no byte of the note may change unseen."""
    require("\n\n" in note and note.endswith("\n"), "is not a signed note")
    at = note.rindex("\n\n") + 1
    text, block = note[:at], note[at + 1:-1]
    lines = text.split("\n")
    require(len(lines) == 4 and re.fullmatch(r"0|[1-9][0-9]*", lines[1]), "is not a checkpoint")
    checkpoint = {"origin": lines[0], "size": int(lines[1]), "root": b64(lines[2], 32), "cosigned": set()}
    is_signed = False
    for line in block.split("\n"):
        words = line.split(" ")
        require(len(words) == 3 and words[0] == "\u2014", "has a malformed signature")
        data = b64(words[2])
        found = [k for k in trust["keys"] if k["name"] == words[1] and k["id"] == data[:4].hex()]
        require(found, "is signed by %s, whose key is not known here" % words[1])
        key, signature, message = found[0], data[4:], text.encode()
        if key["type"] == 4:
            require(len(signature) == 72, "has a malformed cosignature")
            time = int.from_bytes(signature[:8], "big")
            message, signature = b"cosignature/v1\ntime %d\n" % time + message, signature[8:]
            checkpoint["cosigned"].add(key["text"])
        require(is_ed25519(key["public"], message, signature), "the signature of %s is wrong" % words[1])
        is_signed = is_signed or (key["type"] == 1 and key["name"] == checkpoint["origin"])
    require(is_signed, "the log has not signed it")
    return checkpoint


def require_quorum(checkpoint, trust):
    names = {name for name, key in trust["witnesses"].items() if key["text"] in checkpoint["cosigned"]}
    require(trust["quorum"](names), "%d witnesses cosigned, fewer than the policy asks for" % len(names))


def open_receipt(text, trust):
    match = re.fullmatch(r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9][0-9]*)\n((?:[^\n]+\n)*)\n(.*)", text, re.S)
    require(match, "is not a receipt")
    leaf, checkpoint = b64(match.group(1)), open_checkpoint(match.group(4), trust)
    require_quorum(checkpoint, trust)
    root = inclusion_root(sha256(b"\x00" + leaf), int(match.group(2)), checkpoint["size"], hash_lines(match.group(3)))
    require(root == checkpoint["root"], "its event is not in the signed tree")
    return json.loads(leaf), checkpoint


class Folder:
    def __init__(self, path):
        self.path = path

    def names(self):
        return {os.path.relpath(os.path.join(root, name), self.path).replace(os.sep, "/")
                for root, _, names in os.walk(self.path) for name in names}

    def read(self, name):
        with open(os.path.join(self.path, *name.split("/")), "rb") as file:
            return file.read()


# --- the ZIP (APPNOTE 6.3.10, section 4.3), in the one form that a pack has: entries stored, sorted by name, back to back ---
LOCAL = (("signature", 4), ("version", 2), ("flags", 2), ("method", 2), ("time", 2), ("date", 2), ("CRC-32", 4),
         ("compressed size", 4), ("size", 4), ("name length", 2), ("extra length", 2))
CENTRAL = (("signature", 4), ("version of the writer", 2)) + LOCAL[1:] + (
    ("comment length", 2), ("disk", 2), ("internal attributes", 2), ("external attributes", 4), ("offset", 4))
END = (("signature", 4), ("disk", 2), ("disk of the directory", 2), ("number of entries on the disk", 2),
       ("number of entries", 2), ("size of the directory", 4), ("offset of the directory", 4), ("comment length", 2))
LOCAL_BYTES, CENTRAL_BYTES, END_BYTES = 30, 46, 22
LOCAL_START, CENTRAL_START, END_START = b"PK\3\4", b"PK\1\2", b"PK\5\6"
FIRST_DAY = 33  # 1 January 1980, the earliest that a ZIP can name
NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def number(data):
    return int.from_bytes(data, "little")


def packed(fields, values):
    return b"".join(value.to_bytes(length, "little") for (_, length), value in zip(fields, values))


def shown(name):
    """The longest that a pack has is shorter; what is garbage may be long."""
    return name[:120].decode("latin-1")


class Zip:
    """Reads entries from the first byte on; the directory and the end are made anew from them, and have to be the same."""

    def __init__(self, data):
        self.data, self.files, self.findings = data, {}, []
        self.start_said = number(data[-6:-2])
        self.said = dict(self.names_said())

    def names(self):
        return set(self.files)

    def read(self, name):
        require(name in self.files, "is missing")
        return self.files[name]

    def names_said(self):
        """Where entries begin and what they are called, as the directory says: only for naming what is wrong."""
        at = self.start_said
        while self.data[at:at + 2] == b"PK" and at + CENTRAL_BYTES <= len(self.data):
            end = at + CENTRAL_BYTES + number(self.data[at + 28:at + 30])
            yield number(self.data[at + 42:at + 46]), self.data[at + CENTRAL_BYTES:end]
            at = end

    def compare(self, at, fields, values, whose):
        for (field, length), value in zip(fields, values):
            actual = number(self.data[at:at + length])
            if actual != value:
                self.findings.append("%s %s is %d, not %d (byte %d)" % (whose, field, actual, value, at))
            at += length

    def open(self):
        """Raises a finding where no reader could tell what follows."""
        at, last, headers = 0, b"", []
        while at in self.said or self.data[at:at + 4] == LOCAL_START:
            at, name, values = self.entry(at)
            if not NAME.fullmatch(name):
                self.findings.append(shown(name) + ": is not a name that a file of a pack has")
            if name == last:
                self.findings.append(shown(name) + ": is in the ZIP twice")
            elif name < last:
                self.findings.append(shown(name) + ": is not where its name sorts")
            last = name
            headers.append((name, values))
        require(self.data[at:at + 4] == CENTRAL_START or at == self.start_said,
                "%s: neither an entry nor the directory follows it (byte %d)" % (shown(last) or "the ZIP", at))
        end = self.directory(at, headers)
        values = (number(END_START), 0, 0, len(headers), len(headers), end - at, at, 0)
        self.compare(end, END, values, "the ZIP: the end record's")
        more = len(self.data) - end - END_BYTES
        require(more <= 0, "the ZIP: %d bytes follow the end record (byte %d)" % (more, end + END_BYTES))
        require(more >= 0, "the ZIP: is cut off, %d bytes of the end record are missing" % -more)

    def entry(self, at):
        header = self.data[at:at + LOCAL_BYTES]
        require(len(header) == LOCAL_BYTES, "the ZIP: is cut off in the header of an entry (byte %d)" % at)
        method, compressed, size = number(header[8:10]), number(header[18:22]), number(header[22:26])
        start = at + LOCAL_BYTES + number(header[26:28])
        end = start + size
        name = self.data[at + LOCAL_BYTES:start]
        label = shown(name)
        if self.said.get(at, name) != name:
            label += " (in the directory: %s)" % shown(self.said[at])
        require(method != 8 or compressed == size,
                label + ": is compressed, as in packs of earlier versions: unpack the ZIP and verify the folder")
        require(compressed == size, "%s: its two sizes differ (byte %d)" % (label, at + 18))
        require(end <= len(self.data), "%s: is cut off, or its sizes were changed (byte %d)" % (label, at + 18))
        require(self.said.get(at, name) == name, "%s: its names differ (byte %d)" % (label, at + 26))
        data = self.data[start:end]
        fixed = (20, 0, 0, 0, FIRST_DAY, zlib.crc32(data), len(data), len(data), len(name), 0)
        self.compare(at, LOCAL, (number(LOCAL_START),) + fixed, label + ": its header's")
        self.files[name.decode("latin-1")] = data
        return end, name, (number(CENTRAL_START), 20) + fixed + (0, 0, 0, 0, at)

    def directory(self, at, headers):
        for name, values in headers:
            if self.data[at:at + CENTRAL_BYTES] != packed(CENTRAL, values):
                self.compare(at, CENTRAL, values, shown(name) + ": in the directory, its")
            at += CENTRAL_BYTES
            require(self.data[at:at + len(name)] == name,
                    "%s: is not at its place in the directory (byte %d)" % (shown(name), at))
            at += len(name)
        return at


class Pack:
    def __init__(self, path, keys, policy):
        self.path, self.source, self.findings, self.notes = path, None, [], []
        self.given = (keys, policy)

    def open(self):
        if os.path.isdir(self.path):
            self.source = Folder(self.path)
            return True
        with open(self.path, "rb") as file:
            self.source = Zip(file.read())
        try:
            self.source.open()
        finally:
            self.findings += self.source.findings
        if not self.findings:
            self.notes.append("every byte of the ZIP is a byte of its files, or as it has to be")
        return True

    def read(self, name):
        return self.source.read(name)

    def text(self, name):
        return self.read(name).decode("utf-8")

    def attempt(self, name, work):
        try:
            return work()
        except Finding as finding:
            self.findings.append("%s: %s" % (name, finding))
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            self.findings.append("%s: cannot be read (%s)" % (name, type(error).__name__))
        return None

    def verify(self):
        if not self.attempt(self.path, self.open):
            return False
        manifest = self.attempt("manifest.json", self.manifest)
        if manifest is not None:
            self.attempt("manifest.json", lambda: self.check_files(manifest))
        trust = self.attempt("keys/log.vkey", self.trust)
        if manifest is None or trust is None:
            return False
        packed_into = self.attempt("manifest.tlog-proof", lambda: self.check_manifest(trust))
        names = sorted(manifest["files"])
        checkpoints = {}
        for name in [n for n in names if n.startswith("checkpoints/")]:
            opened = self.attempt(name, lambda n=name: open_checkpoint(self.text(n), trust))
            if opened:
                checkpoints[name] = opened
        packed = checkpoints.get(self.attempt("manifest.json", lambda: manifest["log"]["checkpoint"]))
        if packed is None:
            self.findings.append("manifest.json: the checkpoint of the pack is not in it")
        else:
            self.attempt(manifest["log"]["checkpoint"], lambda: require_quorum(packed, trust))
            self.attempt("events.ndjson", lambda: self.check_events(packed, manifest))
            if packed_into:
                self.attempt("manifest.consistency", lambda: self.check_growth(packed, packed_into))
        by_size = {c["size"]: c for c in checkpoints.values()}
        for name in [n for n in names if n.startswith("consistency/")]:
            self.attempt(name, lambda n=name: self.check_consistency(n, by_size))
        for name in [n for n in names if n.endswith(".tlog-proof")]:
            self.attempt(name, lambda n=name: self.check_receipt(n, trust))
        for name in [n for n in names if n.startswith("policies/")]:
            self.attempt(name, lambda n=name: self.check_policy_set(n))
        return not self.findings

    def manifest(self):
        manifest = json.loads(self.text("manifest.json"))
        require(manifest["format"] == "ecluse-evidence/v1", "is not of the format ecluse-evidence/v1")
        said = [(file["bytes"], file["sha256"]) for file in manifest["files"].values()]
        require(all(type(size) is int and type(text) is str for size, text in said),
                "does not say of each file its length and hash")
        return manifest

    def check_files(self, manifest):
        own = {"manifest.json", "manifest.tlog-proof", "manifest.consistency"}
        here = self.source.names()
        for name, said in manifest["files"].items():
            if name not in here:
                self.findings.append(name + ": is missing")
            else:
                data = self.read(name)
                if len(data) != said["bytes"] or sha256(data).hex() != said["sha256"]:
                    self.findings.append(name + ": was changed")
        self.findings += [name + ": is missing" for name in sorted(own - here)]
        self.findings += [name + ": does not belong to the pack" for name in sorted(here - own - set(manifest["files"]))]

    def trust(self):
        keys, policy = self.given
        if not keys and policy is None:
            keys = [line for line in self.text("keys/log.vkey").split("\n") if line]
            has_policy = "keys/witnesses.policy" in self.source.names()
            policy = self.text("keys/witnesses.policy") if has_policy else ""
            words = "COMPARE these keys with those you know: "
        else:
            words = "trusted: the keys given: "
        logs, witnesses, quorum = parse_policy(policy or "")
        known = [parse_key(key) for key in keys] + logs + list(witnesses.values())
        require(any(key["type"] == 1 for key in known), "there is no key of the log")
        self.notes.append(words + ", ".join(key["text"] for key in known))
        return {"keys": known, "witnesses": witnesses, "quorum": quorum}

    def check_manifest(self, trust):
        event, checkpoint = open_receipt(self.text("manifest.tlog-proof"), trust)
        require(event["event"] == "evidence.packed", "is of another event than the packing")
        require(event["detail"]["manifest"] == sha256(self.read("manifest.json")).hex(),
                "the log holds the hash of another manifest.json: manifest.json was changed")
        self.notes.append("packed at %s by %s, as event %s says" % (event["instant"], event["actor"]["id"], event["id"]))
        return checkpoint

    def check_events(self, packed, manifest):
        text = self.text("events.ndjson")
        require(text == "" or text.endswith("\n"), "does not end in a line")
        lines = text.split("\n")[:-1]
        for number, line in enumerate(lines, 1):
            event = json.loads(line)
            proof = [b64(item, 32) for item in event["proof"]]
            leaf_hash = sha256(b"\x00" + event["leaf"].encode("utf-8"))
            root = inclusion_root(leaf_hash, event["index"], packed["size"], proof)
            require(root == packed["root"], "line %d (event %s) is not in the signed tree" % (number, event["index"]))
        require(len(lines) == manifest["events"], "has %d of %s events" % (len(lines), manifest["events"]))
        self.notes.append("%d events are in the signed log" % len(lines))

    def check_growth(self, packed, newer):
        require(packed["origin"] == newer["origin"], "is between two logs")
        require_consistent(packed, newer, hash_lines(self.text("manifest.consistency")))

    def check_consistency(self, name, by_size):
        sizes = re.fullmatch(r"consistency/(\d+)-(\d+)\.proof", name)
        require(sizes, "has an unknown name")
        older, newer = by_size.get(int(sizes.group(1))), by_size.get(int(sizes.group(2)))
        require(older and newer, "is between checkpoints that are not here")
        require_consistent(older, newer, hash_lines(self.text(name)))

    def check_policy_set(self, name):
        policy_set = json.loads(self.text(name))
        parts = sorted([policy["id"], policy["text"]] for policy in policy_set["policies"])
        text = json.dumps([parts, policy_set["schema"]], ensure_ascii=False, separators=(",", ":"))
        require(name == "policies/%s.json" % sha256(text.encode()).hex(), "is not the policy set that its name says")

    def check_receipt(self, name, trust):
        event, _ = open_receipt(self.text(name), trust)
        require(name == "receipts/%s.tlog-proof" % event["id"], "is the receipt of another event")


def printable(text):
    """What comes from a pack must not speak to the terminal."""
    return re.sub("[\x00-\x1f\x7f-\x9f]", lambda found: "\\x%02x" % ord(found.group()), text)


def main(argv):
    path, keys, policy = os.path.dirname(os.path.abspath(__file__)), [], None
    words = iter(argv)
    for word in words:
        if word == "--key":
            keys.append(next(words))
        elif word == "--policy":
            with open(next(words), encoding="utf-8") as file:
                policy = file.read()
        else:
            path = word
    pack = Pack(path, keys, policy)
    is_whole = pack.verify()
    for note in pack.notes:
        print("     " + printable(note))
    for finding in pack.findings:
        print("FAIL " + printable(finding))
    print("OK   the pack is whole, and its events are in the signed log" if is_whole else "FAIL NOT verified")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
