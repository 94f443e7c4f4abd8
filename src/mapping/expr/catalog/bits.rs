//! Shifts and bit operators.

use super::{Family, Function};
use crate::mapping::expr::radix;

pub(super) const FAMILY: Family = Family { name: "bits", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["<<"], "a << b", "64 bits shifted to the left; 0 from 64 places on", ("1 << 3", "8")),
    Function::new(&[">>"], "a >> b", "64 bits shifted to the right, zeros from the left: the result has no sign", ("-1 >> 60", "15")),
    Function::new(&["&"], "a & b", "bits of both, of numbers or of binary strings of one length", ("29 & 15", "13")),
    Function::new(&["|"], "a | b", "bits of either", ("29 | 15", "31")),
    Function::new(&["^"], "a ^ b", "bits of one of them", ("11 ^ 3", "8")),
    Function::new(&["~"], "~a", "the other bits: BIGINT UNSIGNED, or bytes", ("~0", "18446744073709551615")),
    Function::new(&["bit_count"], "BIT_COUNT(x)", "how many bits are set, in 64 bits or in bytes", ("BIT_COUNT(29)", "4")).called(
        1,
        1,
        radix::bit_count,
    ),
];
