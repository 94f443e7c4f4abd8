//! Hashes and checksums of bytes.

use super::{Family, Function};
use crate::mapping::expr::hash;

pub(super) const FAMILY: Family = Family { name: "hashes", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["crc32"], "CRC32(s)", "the checksum of zip and gzip", ("CRC32('MySQL')", "3259397556")).called(1, 1, hash::crc32),
    Function::new(
        &["md5"],
        "MD5(s)",
        "32 hexadecimal digits, as MariaDB has them (MySQL 9.7 has no MD5)",
        ("MD5('abc')", "'900150983cd24fb0d6963f7d28e17f72'"),
    )
    .called(1, 1, hash::md5),
    Function::new(
        &["sha2"],
        "SHA2(s, bits)",
        "224, 256 (also 0), 384 or 512 bits in hexadecimal digits; NULL for other bits",
        ("SHA2('abc', 224)", "'23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'"),
    )
    .called(2, 2, hash::sha2),
    Function::new(
        &["sha1", "sha"],
        "SHA1(s)",
        "40 hexadecimal digits, as MariaDB has them (MySQL 9.7 has no SHA1)",
        ("SHA1('abc')", "'a9993e364706816aba3e25717850c26c9cd0d89d'"),
    )
    .called(1, 1, hash::sha1),
];
