//! Dates and times.

use super::{Family, Function};
use crate::mapping::expr::date_format;

pub(super) const FAMILY: Family = Family { name: "dates", functions: FUNCTIONS, pending: PENDING };

#[rustfmt::skip]
const PENDING: &[&str] = &[
    "adddate", "addtime", "convert_tz", "date", "date_add", "date_sub", "datediff", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear",
    "extract", "from_days", "from_unixtime", "get_format", "hour", "last_day", "makedate", "maketime", "microsecond", "minute", "monthname",
    "period_add", "period_diff", "quarter", "sec_to_time", "second", "str_to_date", "subdate", "subtime", "time", "time_format", "time_to_sec",
    "timediff", "timestamp", "timestampadd", "timestampdiff", "to_days", "to_seconds", "unix_timestamp", "week", "weekday", "weekofyear", "yearweek",
];

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["date_format"],
        "DATE_FORMAT(d, format)",
        "a date written as the format says",
        ("DATE_FORMAT('2024-02-29', '%Y/%c')", "'2024/2'"),
    )
    .called(2, 2, date_format::date_format),
    Function::new(&["month"], "MONTH(d)", "1 to 12, 0 where the month is zero", ("MONTH('2024-02-29')", "2")).called(
        1,
        1,
        date_format::month,
    ),
    Function::new(&["year"], "YEAR(d)", "the year", ("YEAR('2024-02-29')", "2024")).called(1, 1, date_format::year),
];
