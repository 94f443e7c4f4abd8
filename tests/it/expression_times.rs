//! Random expressions of dates and times: every function and form of them, over every kind of operand.

use crate::expression_generator::Generator;

/// Texts and numbers at the edges of what is a date or a time.
const MOMENTS: [&str; 84] = [
    "'0000-00-00'",
    "'0000-00-00 10:10:10'",
    "'2020-00-10'",
    "'2020-10-00 10:10:10'",
    "'0000-01-01'",
    "'0001-01-01 00:00:00'",
    "'9999-12-31 23:59:59.999999'",
    "'9999-12-31'",
    "'2020-02-30'",
    "'2019-02-29'",
    "'2020-01-31'",
    "'2020-12-31 23:59:59.5'",
    "'2021-01-03'",
    "'2020-02-29 10:10:10.1234567'",
    "'2020-02-29 10:10:10+02:00'",
    "'2020-02-29T10:10:10'",
    "'2020-02-29 10'",
    "'2020-02-29x'",
    "'2020-02-29 '",
    "' 2020-02-29'",
    "'2020.02.29'",
    "'20-2-9'",
    "'200229'",
    "'20200229101010'",
    "'20200229101010.75'",
    "'838:59:59'",
    "'-838:59:59'",
    "'838:59:59.5'",
    "'839:00:00'",
    "'-00:00:01.5'",
    "'10:10:10'",
    "'10:10:10x'",
    "'10:10:10 '",
    "'10:10'",
    "'1 10:10:10'",
    "'10:60:10'",
    "'101010'",
    "'101010.5'",
    "'12345'",
    "'1.5'",
    "''",
    "'x'",
    "0",
    "1",
    "-1",
    "101",
    "691231",
    "700101",
    "101010",
    "-101010.5",
    "8385959",
    "8385960",
    "20200229",
    "20200230",
    "20200010",
    "20200229.75",
    "20200229101010",
    "20200229101010.5",
    "99991231235959",
    "20200229101010e0",
    "1.5e0",
    "1e300",
    "86400",
    "3020399.5",
    "-3020400",
    "32536771199",
    "2147483648.25",
    "737850",
    "366",
    "202001",
    "NULL",
    "DATE '0001-01-01'",
    "DATE '9999-12-31'",
    "DATE '2020-02-29'",
    "DATE '2021-01-31'",
    "TIME '838:59:59'",
    "TIME '-838:59:59'",
    "TIME '-00:00:00.000001'",
    "TIME '10:10:10.25'",
    "TIMESTAMP '9999-12-31 23:59:59.999999'",
    "TIMESTAMP '1970-01-01 00:00:00.5'",
    "TIMESTAMP '2000-12-31 23:59:59'",
    "TIMESTAMP '2024-12-30 00:00:00'",
    "'1999-12-31 23:59:59.999999'",
];

const UNITS: [&str; 22] = [
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
    "SQL_TSI_DAY",
    "HOUR",
];

const SIMPLE_UNITS: [&str; 10] = ["MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "SQL_TSI_MONTH"];

const AMOUNTS: [&str; 46] = [
    "0",
    "1",
    "-1",
    "2",
    "30",
    "365",
    "1000000",
    "86400",
    "1.5",
    "2.5",
    "-0.5",
    "1.9999999",
    "1e0",
    "1.5e0",
    "3652424",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "4294967296",
    "1431655765",
    "99999999999999999999",
    "'1'",
    "'-1'",
    "'1.5'",
    "'2x'",
    "''",
    "'x'",
    "'1 1'",
    "'1-1'",
    "'-1-1'",
    "'1:1'",
    "'1:1:1'",
    "'1 1:1:1'",
    "'1 1:1:1.1'",
    "'-1 23:59:59.999999'",
    "'1.1234567'",
    "'1:1:1:1:1:1'",
    "'- 1 2'",
    "'100'",
    "'1 99999999999999999999'",
    "NULL",
    "TRUE",
    "DATE '2020-02-29'",
    "TIME '10:10:10.5'",
    "838",
    "'0-0'",
];

const FORMATS: [&str; 24] = [
    "'%Y-%m-%d'",
    "'%W %M %D %j'",
    "'%H:%i:%s.%f %p %r %T'",
    "'%U %u %V %v %X %x'",
    "'%a %b %c %e %k %l %I %y %w %%'",
    "'%'",
    "''",
    "'%Y%'",
    "'%q%z%é'",
    "'%M %b'",
    "'%w'",
    "'%h %l %I %p'",
    "'%H %k'",
    "'%r'",
    "'%c/%e'",
    "'%d%D'",
    "'%f'",
    "NULL",
    "5",
    "v",
    "l1",
    "concat('%Y', left(v, 0))",
    "_latin1'%y'",
    "'日%y'",
];

/// Texts for STR_TO_DATE with their formats, which others get too.
const SCANS: [(&str, &str); 44] = [
    ("'2020-02-29'", "'%Y-%m-%d'"),
    ("'2020-02-30'", "'%Y-%m-%d'"),
    ("'2020-2-3x'", "'%Y-%m-%d'"),
    ("'20-2-3'", "'%y-%c-%e'"),
    ("'2020-02-29 10:11:12'", "'%Y-%m-%d %H:%i:%s'"),
    ("'2020-02-29 10:11:12.5'", "'%Y-%m-%d %T.%f'"),
    ("'10:11:12'", "'%H:%i:%s'"),
    ("'10:11:12.123456'", "'%k:%i:%S.%f'"),
    ("'10:11:12 PM'", "'%r'"),
    ("'12:11 am'", "'%h:%i %p'"),
    ("'0:11 am'", "'%l:%i %p'"),
    ("'23:11:12'", "'%T'"),
    ("'Feb 3rd 2020'", "'%b %D %Y'"),
    ("'february 3 2020'", "'%M %d %Y'"),
    ("'Ju 3 2020'", "'%M %d %Y'"),
    ("'may 31 99'", "'%b %d %y'"),
    ("'2020 60'", "'%Y %j'"),
    ("'2020 366 1'", "'%Y %j %H'"),
    ("'60'", "'%j'"),
    ("'202010 Monday'", "'%X%V %W'"),
    ("'202010 Sun'", "'%x%v %a'"),
    ("'2020 10 6'", "'%Y %U %w'"),
    ("'2020 0 0'", "'%Y %u %w'"),
    ("'2020 53 Sat'", "'%X %V %a'"),
    ("'1 10:11'", "'%d %H:%i'"),
    ("'00 10:11'", "'%d %H:%i'"),
    ("'...2020-1-1'", "'%.%Y-%m-%d'"),
    ("'abc2020-1-1'", "'%@%Y-%m-%d'"),
    ("'12 2020-1-1'", "'%# %Y-%m-%d'"),
    ("'+1-+2-+3'", "'%Y-%m-%d'"),
    ("'-1-2-3'", "'%Y-%m-%d'"),
    ("'2020- 02 -03'", "'%Y-%m-%d'"),
    ("'20200229101112'", "'%Y%m%d%H%i%s'"),
    ("20200229", "'%Y%m%d'"),
    ("'0000-00-00'", "'%Y-%m-%d'"),
    ("'0000-01-01'", "'%Y-%m-%d'"),
    ("'2020-00-01'", "'%Y-%m-%d'"),
    ("'31/12/2020'", "'%d/%m/%Y'"),
    ("'2020-02-29'", "concat('%Y-%m-%d', left(v, 0))"),
    ("'10:11'", "concat('%H:%i', left(v, 0))"),
    ("'2020-02-29'", "''"),
    ("''", "'%Y'"),
    ("NULL", "'%H'"),
    ("'2020-02-29'", "NULL"),
];

const OFFSETS: [&str; 10] =
    ["'+00:00'", "'+01:00'", "'-13:59'", "'+14:00'", "'-00:30'", "'+5:45'", "NULL", "'+1:5'", "'-08:00'", "'+001:00'"];

impl Generator {
    /// A function of a date or a time.
    pub(crate) fn any_time(&mut self, depth: usize) -> String {
        match self.below(3) {
            0 => self.time_function(depth),
            1 => self.time_number(depth),
            _ => self.time_text(depth),
        }
    }

    /// A date, a time, or what may be taken for one.
    pub(crate) fn moment(&mut self, depth: usize) -> String {
        match self.below(8) {
            0..=2 => self.time(depth),
            3 | 4 => self.pick(&MOMENTS).to_owned(),
            5 => self.text(0),
            6 => self.number(0),
            _ => self.any(depth),
        }
    }

    fn amount(&mut self, depth: usize) -> String {
        match self.below(5) {
            0 => self.number(depth),
            1 => self.any(0),
            _ => self.pick(&AMOUNTS).to_owned(),
        }
    }

    fn format(&mut self) -> &'static str {
        self.pick(&FORMATS)
    }

    /// A function whose result is a date or a time, or a text that is one.
    pub(crate) fn time_function(&mut self, depth: usize) -> String {
        match self.below(20) {
            0..=4 => self.moved(depth),
            5 => format!("{}({})", self.pick(&["date", "time", "timestamp", "last_day"]), self.moment(depth)),
            6 => format!("timestamp({}, {})", self.moment(depth), self.moment(depth)),
            7..=9 => format!("{}({}, {})", self.pick(&["addtime", "subtime"]), self.moment(depth), self.moment(depth)),
            10 | 11 => format!("timediff({}, {})", self.moment(depth), self.moment(depth)),
            12 => format!("maketime({}, {}, {})", self.small_number(depth), self.small_number(depth), self.small_number(depth)),
            13 => format!(
                "makedate({}, {})",
                self.pick(&["2020", "1999", "y", "69", "9999", "0", "u16", "2020.5", "'70'"]),
                self.small_number(depth)
            ),
            14 => format!("{}({})", self.pick(&["sec_to_time", "from_unixtime", "from_days"]), self.moment(depth)),
            15 => format!("{}({})", self.pick(&["sec_to_time", "from_unixtime", "from_days"]), self.amount(depth)),
            16 | 17 => self.scanned(depth),
            _ => format!("convert_tz({}, {}, {})", self.moment(depth), self.pick(&OFFSETS), self.pick(&OFFSETS)),
        }
    }

    /// A date or a time moved by an interval, in all spellings.
    fn moved(&mut self, depth: usize) -> String {
        let (date, amount, unit) = (self.moment(depth), self.amount(depth), self.pick(&UNITS));
        match self.below(9) {
            0 | 1 => format!("({date} + INTERVAL {amount} {unit})"),
            2 | 3 => format!("({date} - INTERVAL {amount} {unit})"),
            4 => format!("(INTERVAL {amount} {unit} + {date})"),
            5 => format!("{}({date}, INTERVAL {amount} {unit})", self.pick(&["date_add", "adddate"])),
            6 => format!("{}({date}, INTERVAL {amount} {unit})", self.pick(&["date_sub", "subdate"])),
            7 => format!("{}({date}, {amount})", self.pick(&["adddate", "subdate"])),
            _ => format!("timestampadd({}, {amount}, {date})", self.pick(&SIMPLE_UNITS)),
        }
    }

    fn small_number(&mut self, depth: usize) -> String {
        match self.below(4) {
            0 => self.number(depth),
            1 => self.any(0),
            _ => self
                .pick(&[
                    "0",
                    "1",
                    "23",
                    "59",
                    "60",
                    "-1",
                    "838",
                    "839",
                    "-838",
                    "59.5",
                    "59.9999999",
                    "'59.5'",
                    "1.5e0",
                    "366",
                    "NULL",
                    "'7x'",
                ])
                .to_owned(),
        }
    }

    fn scanned(&mut self, depth: usize) -> String {
        let (text, format) = SCANS[self.below(SCANS.len())];
        match self.below(5) {
            0 => format!("str_to_date({}, {format})", self.any(depth)),
            1 => format!("str_to_date({}, {format})", self.moment(depth)),
            2 => format!("str_to_date({text}, {})", SCANS[self.below(SCANS.len())].1),
            _ => format!("str_to_date({text}, {format})"),
        }
    }

    /// A function of a date or a time whose result is a number.
    pub(crate) fn time_number(&mut self, depth: usize) -> String {
        let date = self.moment(depth);
        match self.below(12) {
            0..=2 => {
                let name = self.pick(&[
                    "year",
                    "month",
                    "day",
                    "dayofmonth",
                    "dayofweek",
                    "dayofyear",
                    "weekday",
                    "quarter",
                    "weekofyear",
                    "to_days",
                    "to_seconds",
                    "week",
                    "yearweek",
                ]);
                format!("{name}({date})")
            }
            3 | 4 => format!("{}({date})", self.pick(&["hour", "minute", "second", "microsecond", "time_to_sec"])),
            5 => format!(
                "{}({date}, {})",
                self.pick(&["week", "yearweek"]),
                self.pick(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "NULL", "i8", "'x'"])
            ),
            6 | 7 => format!("extract({} FROM {date})", self.pick(&UNITS)),
            8 => format!("timestampdiff({}, {date}, {})", self.pick(&SIMPLE_UNITS), self.moment(depth)),
            9 => format!("datediff({date}, {})", self.moment(depth)),
            10 => format!("unix_timestamp({date})"),
            _ => {
                let periods = ["202001", "201912", "7001", "6912", "1", "0", "202013", "-1", "'202002'", "999912", "u32", "NULL", "2020.5"];
                match self.below(2) {
                    0 => format!("period_add({}, {})", self.pick(&periods), self.small_number(depth)),
                    _ => format!("period_diff({}, {})", self.pick(&periods), self.pick(&periods)),
                }
            }
        }
    }

    /// A function of a date or a time whose result is a text.
    pub(crate) fn time_text(&mut self, depth: usize) -> String {
        match self.below(9) {
            0..=2 => format!("date_format({}, {})", self.moment(depth), self.format()),
            3 | 4 => format!("time_format({}, {})", self.moment(depth), self.format()),
            5 => format!("{}({})", self.pick(&["dayname", "monthname"]), self.moment(depth)),
            6 => format!("from_unixtime({}, {})", self.amount(depth), self.format()),
            7 => {
                let region = match self.below(2) {
                    0 => self.text(0),
                    _ => self.pick(&["'USA'", "'jis'", "'ISO'", "'EUR'", "'INTERNAL'", "'ISO '", "NULL"]).to_owned(),
                };
                format!("get_format({}, {region})", self.pick(&["DATE", "TIME", "DATETIME", "TIMESTAMP"]))
            }
            _ => self.moved(depth),
        }
    }
}
