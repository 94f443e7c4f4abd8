//! Dates and times.

use super::{Family, Function};
use crate::mapping::expr::{date_format, date_parts, date_scan, day_count, time_span, unix_time};

pub(super) const FAMILY: Family = Family { name: "dates", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["date_add", "adddate"],
        "d + INTERVAL n unit, DATE_ADD(d, INTERVAL n unit), ADDDATE(d, n)",
        "moved by `n` units; the last day of a shorter month is not passed; of a text, a text",
        ("DATE_ADD('2024-01-31', INTERVAL 1 MONTH)", "'2024-02-29'"),
    ),
    Function::new(
        &["date_sub", "subdate"],
        "d - INTERVAL n unit, DATE_SUB(d, INTERVAL n unit), SUBDATE(d, n)",
        "moved back by `n` units",
        ("DATE_SUB(DATE '2024-03-01', INTERVAL '1 1' DAY_HOUR)", "'2024-02-28 23:00:00'"),
    ),
    Function::new(
        &["timestampadd"],
        "TIMESTAMPADD(unit, n, d)",
        "`d + INTERVAL n unit`",
        ("TIMESTAMPADD(MINUTE, 90, DATE '2024-02-29')", "'2024-02-29 01:30:00'"),
    ),
    Function::new(
        &["timestampdiff"],
        "TIMESTAMPDIFF(unit, a, b)",
        "whole units from `a` to `b`",
        ("TIMESTAMPDIFF(MONTH, '2024-01-31', '2024-03-30')", "1"),
    ),
    Function::new(
        &["datediff"],
        "DATEDIFF(a, b)",
        "days from `b` to `a`, whatever the time",
        ("DATEDIFF('2024-03-01', '2024-02-28')", "2"),
    )
    .called(2, 2, day_count::date_diff),
    Function::new(
        &["timediff"],
        "TIMEDIFF(a, b)",
        "the time from `b` to `a`, both times or both dates",
        ("TIMEDIFF('10:00:00', '12:30:00')", "'-02:30:00'"),
    )
    .called(2, 2, time_span::time_diff),
    Function::new(&["addtime"], "ADDTIME(x, time)", "a date or a time, later by a time", ("ADDTIME('10:00:00', '01:30:00')", "'11:30:00'"))
        .called(2, 2, time_span::add_time),
    Function::new(
        &["subtime"],
        "SUBTIME(x, time)",
        "a date or a time, earlier by a time",
        ("SUBTIME(TIMESTAMP '2024-03-01 00:00:00', '00:00:01')", "'2024-02-29 23:59:59'"),
    )
    .called(2, 2, time_span::subtract_time),
    Function::new(
        &["extract"],
        "EXTRACT(unit FROM x)",
        "the digits of a unit, compound ones too",
        ("EXTRACT(YEAR_MONTH FROM '2024-02-29')", "202402"),
    ),
    Function::new(&["date"], "DATE(x)", "without the time of day", ("DATE('2024-02-29 10:11:12')", "'2024-02-29'")).called(
        1,
        1,
        time_span::date,
    ),
    Function::new(&["time"], "TIME(x)", "the time of day, or the time", ("TIME('2024-02-29 10:11:12.5')", "'10:11:12.5'")).called(
        1,
        1,
        time_span::time,
    ),
    Function::new(
        &["timestamp"],
        "TIMESTAMP(x[, time])",
        "as a DATETIME, later by a time",
        ("TIMESTAMP('2024-02-29', '12:00:00')", "'2024-02-29 12:00:00'"),
    )
    .called(1, 2, time_span::timestamp),
    Function::new(&["year"], "YEAR(d)", "the year", ("YEAR('2024-02-29')", "2024")).called(1, 1, date_format::year),
    Function::new(&["quarter"], "QUARTER(d)", "1 to 4, 0 where the month is zero", ("QUARTER('2024-05-01')", "2")).called(
        1,
        1,
        date_parts::quarter,
    ),
    Function::new(&["month"], "MONTH(d)", "1 to 12, 0 where the month is zero", ("MONTH('2024-02-29')", "2")).called(
        1,
        1,
        date_parts::month,
    ),
    Function::new(&["day", "dayofmonth"], "DAY(d)", "1 to 31, 0 where the day is zero", ("DAY('2024-02-29')", "29")).called(
        1,
        1,
        date_parts::day,
    ),
    Function::new(&["dayofweek"], "DAYOFWEEK(d)", "1 is Sunday", ("DAYOFWEEK('2024-02-29')", "5")).called(1, 1, date_parts::day_of_week),
    Function::new(&["weekday"], "WEEKDAY(d)", "0 is Monday", ("WEEKDAY('2024-02-29')", "3")).called(1, 1, date_parts::week_day),
    Function::new(&["dayofyear"], "DAYOFYEAR(d)", "1 to 366", ("DAYOFYEAR('2024-02-29')", "60")).called(1, 1, date_parts::day_of_year),
    Function::new(
        &["week"],
        "WEEK(d[, mode])",
        "the week, counted as the mode (0 to 7, 0 if left out) says",
        ("WEEK('2024-12-31', 3)", "1"),
    )
    .called(1, 2, date_parts::week_function),
    Function::new(&["weekofyear"], "WEEKOFYEAR(d)", "the week of ISO 8601: `WEEK(d, 3)`", ("WEEKOFYEAR('2024-12-31')", "1")).called(
        1,
        1,
        date_parts::week_of_year,
    ),
    Function::new(&["yearweek"], "YEARWEEK(d[, mode])", "the year of the week, and the week", ("YEARWEEK('2024-12-31', 3)", "202501"))
        .called(1, 2, date_parts::year_week),
    Function::new(&["dayname"], "DAYNAME(d)", "in English", ("DAYNAME('2024-02-29')", "'Thursday'")).called(1, 1, date_parts::day_name),
    Function::new(&["monthname"], "MONTHNAME(d)", "in English", ("MONTHNAME('2024-02-29')", "'February'")).called(
        1,
        1,
        date_parts::month_name,
    ),
    Function::new(&["hour"], "HOUR(time)", "0 to 838", ("HOUR('-272:59:59')", "272")).called(1, 1, date_parts::hour),
    Function::new(&["minute"], "MINUTE(time)", "0 to 59", ("MINUTE('10:11:12')", "11")).called(1, 1, date_parts::minute),
    Function::new(&["second"], "SECOND(time)", "0 to 59", ("SECOND('10:11:12')", "12")).called(1, 1, date_parts::second),
    Function::new(&["microsecond"], "MICROSECOND(time)", "0 to 999999", ("MICROSECOND('10:11:12.5')", "500000")).called(
        1,
        1,
        date_parts::microsecond,
    ),
    Function::new(&["last_day"], "LAST_DAY(d)", "the last day of the month", ("LAST_DAY('2024-02-03')", "'2024-02-29'")).called(
        1,
        1,
        day_count::last_day,
    ),
    Function::new(&["makedate"], "MAKEDATE(year, day)", "a date by the day of the year", ("MAKEDATE(2024, 60)", "'2024-02-29'")).called(
        2,
        2,
        day_count::make_date,
    ),
    Function::new(
        &["maketime"],
        "MAKETIME(hour, minute, second)",
        "a time; NULL where a part is none",
        ("MAKETIME(10, 11, 12.5)", "'10:11:12.5'"),
    )
    .called(3, 3, time_span::make_time),
    Function::new(&["to_days"], "TO_DAYS(d)", "days since year 0", ("TO_DAYS('2024-02-29')", "739310")).called(1, 1, day_count::to_days),
    Function::new(&["from_days"], "FROM_DAYS(n)", "the date of `TO_DAYS`", ("FROM_DAYS(739310)", "'2024-02-29'")).called(
        1,
        1,
        day_count::from_days,
    ),
    Function::new(&["to_seconds"], "TO_SECONDS(d)", "seconds since year 0", ("TO_SECONDS('2024-02-29 00:00:01')", "63876384001")).called(
        1,
        1,
        day_count::to_seconds,
    ),
    Function::new(&["sec_to_time"], "SEC_TO_TIME(seconds)", "a time, at most 838:59:59", ("SEC_TO_TIME(3661.5)", "'01:01:01.5'")).called(
        1,
        1,
        time_span::sec_to_time,
    ),
    Function::new(&["time_to_sec"], "TIME_TO_SEC(time)", "seconds, without their fraction", ("TIME_TO_SEC('01:01:01')", "3661")).called(
        1,
        1,
        time_span::time_to_sec,
    ),
    Function::new(
        &["unix_timestamp"],
        "UNIX_TIMESTAMP(d)",
        "seconds since 1970 in UTC; 0 for dates out of range",
        ("UNIX_TIMESTAMP('2024-02-29 00:00:00')", "1709164800"),
    )
    .called(0, 1, unix_time::unix_timestamp),
    Function::new(
        &["from_unixtime"],
        "FROM_UNIXTIME(seconds[, format])",
        "the date in UTC, or written as the format says",
        ("FROM_UNIXTIME(1709164800)", "'2024-02-29 00:00:00'"),
    )
    .called(1, 2, unix_time::from_unixtime),
    Function::new(
        &["convert_tz"],
        "CONVERT_TZ(d, from, to)",
        "between constant offsets; named zones are refused",
        ("CONVERT_TZ('2024-02-29 23:30:00', '+00:00', '+01:00')", "'2024-03-01 00:30:00'"),
    )
    .called(3, 3, unix_time::convert_tz),
    Function::new(&["period_add"], "PERIOD_ADD(period, n)", "YYMM or YYYYMM, `n` months later", ("PERIOD_ADD(202411, 3)", "202502"))
        .called(2, 2, day_count::period_add),
    Function::new(
        &["period_diff"],
        "PERIOD_DIFF(a, b)",
        "months from `b` to `a`, both YYMM or YYYYMM",
        ("PERIOD_DIFF(202502, 202411)", "3"),
    )
    .called(2, 2, day_count::period_diff),
    Function::new(
        &["date_format"],
        "DATE_FORMAT(d, format)",
        "a date written as the format says",
        ("DATE_FORMAT('2024-02-29', '%Y/%c')", "'2024/2'"),
    )
    .called(2, 2, date_format::date_format),
    Function::new(
        &["time_format"],
        "TIME_FORMAT(time, format)",
        "a time written as the format says",
        ("TIME_FORMAT('100:11:12', '%k h %i')", "'100 h 11'"),
    )
    .called(2, 2, date_format::time_format),
    Function::new(
        &["str_to_date"],
        "STR_TO_DATE(s, format)",
        "a DATE, TIME or DATETIME read as a constant format says; NULL where it does not fit",
        ("STR_TO_DATE('29.2.2024', '%d.%m.%Y')", "'2024-02-29'"),
    )
    .called(2, 2, date_scan::str_to_date),
    Function::new(
        &["get_format"],
        "GET_FORMAT(DATE | TIME | DATETIME, region)",
        "a format: of `'USA'`, `'JIS'`, `'ISO'`, `'EUR'` or `'INTERNAL'`",
        ("GET_FORMAT(DATE, 'EUR')", "'%d.%m.%Y'"),
    )
    .called(2, 2, date_format::get_format),
];
