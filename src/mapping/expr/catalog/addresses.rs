//! UUIDs and Internet addresses.

use super::{Family, Function};
use crate::mapping::expr::{identifiers, network};

pub(super) const FAMILY: Family = Family { name: "identifiers and addresses", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["is_uuid"],
        "IS_UUID(s)",
        "whether it is a UUID in one of its three spellings",
        ("IS_UUID('6ccd780c-baba-1026-9564-5b8c656024db')", "1"),
    )
    .called(1, 1, identifiers::is_uuid),
    Function::new(
        &["uuid_to_bin"],
        "UUID_TO_BIN(s[, swap])",
        "16 bytes; with a true `swap` the time stands in front; an error where it is no UUID",
        ("HEX(UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db', 1))", "'1026BABA6CCD780C95645B8C656024DB'"),
    )
    .called(1, 2, identifiers::uuid_to_bin),
    Function::new(
        &["bin_to_uuid"],
        "BIN_TO_UUID(bytes[, swap])",
        "the text of 16 bytes; an error for other lengths",
        ("BIN_TO_UUID(0x6CCD780CBABA102695645B8C656024DB)", "'6ccd780c-baba-1026-9564-5b8c656024db'"),
    )
    .called(1, 2, identifiers::bin_to_uuid),
    Function::new(
        &["inet_aton"],
        "INET_ATON(s)",
        "an IPv4 address as a number; NULL where it is none",
        ("INET_ATON('10.0.5.9')", "167773449"),
    )
    .called(1, 1, network::inet_aton),
    Function::new(
        &["inet_ntoa"],
        "INET_NTOA(n)",
        "the IPv4 address of a number; NULL beyond 32 bits",
        ("INET_NTOA(167773449)", "'10.0.5.9'"),
    )
    .called(1, 1, network::inet_ntoa),
    Function::new(
        &["inet6_aton"],
        "INET6_ATON(s)",
        "an IPv4 or IPv6 address as 4 or 16 bytes; NULL where it is none",
        ("HEX(INET6_ATON('10.0.5.9'))", "'0A000509'"),
    )
    .called(1, 1, network::inet6_aton),
    Function::new(
        &["inet6_ntoa"],
        "INET6_NTOA(bytes)",
        "the address of 4 or 16 bytes",
        ("INET6_NTOA(INET6_ATON('FDFE::0:9089'))", "'fdfe::9089'"),
    )
    .called(1, 1, network::inet6_ntoa),
    Function::new(&["is_ipv4"], "IS_IPV4(s)", "whether it is an IPv4 address", ("IS_IPV4('10.0.5.256')", "0")).called(
        1,
        1,
        network::is_ipv4,
    ),
    Function::new(&["is_ipv6"], "IS_IPV6(s)", "whether it is an IPv6 address", ("IS_IPV6('::1')", "1")).called(1, 1, network::is_ipv6),
    Function::new(
        &["is_ipv4_compat"],
        "IS_IPV4_COMPAT(bytes)",
        "whether 16 bytes are an IPv4 address behind zeros",
        ("IS_IPV4_COMPAT(INET6_ATON('::10.0.5.9'))", "1"),
    )
    .called(1, 1, network::is_ipv4_compat),
    Function::new(
        &["is_ipv4_mapped"],
        "IS_IPV4_MAPPED(bytes)",
        "whether 16 bytes are an IPv4 address behind `ffff`",
        ("IS_IPV4_MAPPED(INET6_ATON('::ffff:10.0.5.9'))", "1"),
    )
    .called(1, 1, network::is_ipv4_mapped),
];
