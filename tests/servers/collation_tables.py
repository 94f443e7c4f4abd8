#!/usr/bin/env python3
"""collation_tables.py CLIENT… > src/mapping/expr/collation_tables.bin

Asks a running MySQL 9.7 for the weights of its collations and for its case mappings, and writes them as one compressed table.
CLIENT is the command line of a client that reads SQL from its standard input, such as
`tests/servers/mysql97.sh client ROOT DATADIR`. The layout is described in src/mapping/expr/collation_table.rs.
"""
import subprocess
import sys
import zlib

SINGLE_BYTE = """armscii8 ascii cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 dec8 geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1
latin2 latin5 latin7 macce macroman swe7 tis620""".split()
SORTED = """ascii_general_ci cp1250_general_ci cp1251_general_ci cp1256_general_ci cp1257_general_ci cp850_general_ci cp852_general_ci
cp866_general_ci dec8_swedish_ci greek_general_ci hebrew_general_ci koi8r_general_ci koi8u_general_ci latin1_swedish_ci latin1_general_ci
latin2_general_ci latin5_turkish_ci latin7_general_ci""".split()


def ask(sql):
    answer = subprocess.run(sys.argv[1:] + ["--batch", "--skip-column-names"], input=sql.encode(), stdout=subprocess.PIPE, check=True)
    for line in answer.stdout.decode().splitlines():
        yield line.split("\t")


def numbers(first, last):
    def digit(place):
        return "(" + " UNION ALL ".join(f"SELECT {n} n" for n in range(min(last >> 4 * place, 15) + 1)) + ")"

    places = range((last.bit_length() + 3) // 4)
    terms = " + ".join(f"d{i}.n * {16 ** i}" for i in places)
    joins = " JOIN ".join(f"{digit(i)} d{i}" for i in places)
    return f"(SELECT {terms} AS cp FROM {joins}) c WHERE cp BETWEEN {first} AND {last} AND cp NOT BETWEEN 55296 AND 57343"


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def weights(collation, last, implicit):
    """Code points whose weights follow no rule: gap to the one before, number of weights, each as a step from the one before."""
    text = "CONVERT(CHAR(cp USING utf32) USING utf8mb4)"
    out, count, previous, step = bytearray(), 0, 0, 0
    sql = f"SELECT cp, HEX(WEIGHT_STRING({text} COLLATE {collation})) FROM {numbers(0, last)} ORDER BY cp"
    for cp, value in ask(sql):
        cp = int(cp)
        found = [int(value[i:i + 4], 16) for i in range(0, len(value), 4)] if value != "NULL" else []
        if implicit(cp) == found:
            continue
        out += varint(cp - previous) + varint(len(found))
        previous = cp
        for weight in found:
            out += zigzag(weight - step)
            step = weight
        count += 1
    return varint(count) + bytes(out)


def mapping(expression, last):
    """Code points that map to another: gap to the one before, step to the other."""
    out, count, previous = bytearray(), 0, 0
    sql = f"SELECT cp, {expression} FROM {numbers(0, last)} ORDER BY cp"
    for cp, value in ask(sql):
        cp, value = int(cp), int(value)
        if cp == value:
            continue
        out += varint(cp - previous) + zigzag(value - cp)
        previous, count = cp, count + 1
    return varint(count) + bytes(out)


def case(function, collation):
    # The result may not take more bytes than the argument: the spaces make room.
    text = f"CONCAT(CONVERT(CHAR(cp USING utf32) USING utf8mb4), '    ') COLLATE {collation}"
    return mapping(f"CONV(HEX(CONVERT(LEFT({function}({text}), 1) USING utf32)), 16, 10)", 0x10FFFF)


def bytes_of(expression):
    rows = list(ask(f"SELECT cp, {expression} FROM {numbers(0, 255)} ORDER BY cp"))
    assert len(rows) == 256
    return bytes(int(value, 16) for _, value in rows)


def uca900_implicit(cp):
    if 0xAC00 <= cp <= 0xD7A3:
        return jamo[cp]
    if 0x17000 <= cp <= 0x18AFF:
        return [0xFB00, (cp - 0x17000) | 0x8000]
    core = 0x4E00 <= cp <= 0x9FD5 or cp in (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29)
    extended = 0x3400 <= cp <= 0x4DB5 or 0x20000 <= cp <= 0x2A6D6 or 0x2A700 <= cp <= 0x2B734 or 0x2B740 <= cp <= 0x2B81D or 0x2B820 <= cp <= 0x2CEA1
    lead = 0xFB40 if core else 0xFB80 if extended else 0xFBC0
    return [lead + (cp >> 15), cp & 0x7FFF | 0x8000]


def uca400_implicit(cp):
    if cp > 0xFFFF:
        return [0xFFFD]
    lead = 0xFB80 if 0x3400 <= cp <= 0x4DB5 else 0xFB40 if 0x4E00 <= cp <= 0x9FA5 else 0xFBC0
    return [lead + (cp >> 15), cp & 0x7FFF | 0x8000]


jamo = {}


def read_jamo():
    single = {}
    text = "CONVERT(CHAR(cp USING utf32) USING utf8mb4)"
    for cp, value in ask(f"SELECT cp, HEX(WEIGHT_STRING({text} COLLATE utf8mb4_0900_ai_ci)) FROM {numbers(0x1100, 0x11FF)}"):
        single[int(cp)] = [int(value[i:i + 4], 16) for i in range(0, len(value), 4)]
    for cp in range(0xAC00, 0xD7A4):
        index = cp - 0xAC00
        parts = [0x1100 + index // 588, 0x1161 + index % 588 // 28] + ([0x11A7 + index % 28] if index % 28 else [])
        jamo[cp] = [weight for part in parts for weight in single[part]]


def main():
    read_jamo()
    out = bytearray()
    out += weights("utf8mb4_0900_ai_ci", 0x10FFFF, uca900_implicit)
    out += weights("utf8mb4_unicode_ci", 0x10FFFF, uca400_implicit)
    out += weights("utf8mb4_general_ci", 0xFFFF, lambda cp: [cp])
    for collation in ("utf8mb4_0900_ai_ci", "utf8mb4_general_ci"):
        out += case("LOWER", collation) + case("UPPER", collation)
    out += varint(len(SINGLE_BYTE))
    for charset in SINGLE_BYTE:
        text = f"CONVERT(UNHEX(LPAD(HEX(cp), 2, '0')) USING {charset})"
        # CONVERT … USING of binary reinterprets the bytes.
        out += varint(len(charset)) + charset.encode() + bytes_of(f"HEX(LOWER({text}))") + bytes_of(f"HEX(UPPER({text}))")
    out += varint(len(SORTED))
    for collation in SORTED:
        text = f"CONVERT(UNHEX(LPAD(HEX(cp), 2, '0')) USING {collation.split('_')[0]})"
        out += varint(len(collation)) + collation.encode() + bytes_of(f"HEX(WEIGHT_STRING({text} COLLATE {collation}))")
    sys.stdout.buffer.write(len(out).to_bytes(4, "little") + zlib.compress(bytes(out), 9))


main()
