//! Numbers in other bases, and bytes in digits.

use super::{Family, Function};
use crate::mapping::expr::radix;

pub(super) const FAMILY: Family = Family { name: "digits", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["hex"], "HEX(x)", "a number, or the bytes of a text, in hexadecimal digits", ("HEX('é')", "'C3A9'")).called(
        1,
        1,
        radix::hex,
    ),
    Function::new(&["unhex"], "UNHEX(s)", "the bytes of hexadecimal digits; NULL where they are none", ("UNHEX('C3A9')", "'é'")).called(
        1,
        1,
        radix::unhex,
    ),
    Function::new(&["bin"], "BIN(n)", "in binary digits", ("BIN(12)", "'1100'")).called(1, 1, radix::bin),
    Function::new(&["oct"], "OCT(n)", "in octal digits", ("OCT(12)", "'14'")).called(1, 1, radix::oct),
    Function::new(&["conv"], "CONV(n, from, to)", "from one base to another; a negative base has a sign", ("CONV('ff', 16, 10)", "'255'"))
        .called(3, 3, radix::conv),
    Function::new(&["ascii"], "ASCII(s)", "the first byte", ("ASCII('A')", "65")).called(1, 1, radix::ascii),
    Function::new(&["ord"], "ORD(s)", "the bytes of the first character as one number", ("ORD('é')", "50089")).called(1, 1, radix::ord),
];
