//! The functions by name: what is known, what is refused and why.

use dsl::{Code, Name, Span};

use super::bind::{Binder, Failed};
use super::typed::Typed;
use super::{
    arithmetic, conditional, date_format, date_parts, date_scan, day_count, fill, hash, letter_case, numeric, radix, search, text,
    time_span, unix_time,
};
use dsl::nearest;

type Bind = fn(&mut Binder<'_>, &[Typed], Span) -> Result<Typed, Failed>;

/// A function of the language.
struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    bind: Bind,
}

const MANY: usize = usize::MAX;

const fn function(name: &'static str, least: usize, most: usize, bind: Bind) -> Function {
    Function { name, least, most, bind }
}

const FUNCTIONS: &[Function] = &[
    function("abs", 1, 1, numeric::abs),
    function("addtime", 2, 2, time_span::add_time),
    function("ascii", 1, 1, radix::ascii),
    function("bin", 1, 1, radix::bin),
    function("bit_count", 1, 1, radix::bit_count),
    function("ceil", 1, 1, numeric::ceiling),
    function("ceiling", 1, 1, numeric::ceiling),
    function("char_length", 1, 1, text::char_length),
    function("character_length", 1, 1, text::char_length),
    function("coalesce", 1, MANY, conditional::coalesce),
    function("concat", 1, MANY, text::concat),
    function("concat_ws", 2, MANY, text::concat_ws),
    function("conv", 3, 3, radix::conv),
    function("convert_tz", 3, 3, unix_time::convert_tz),
    function("crc32", 1, 1, hash::crc32),
    function("date", 1, 1, time_span::date),
    function("date_format", 2, 2, date_format::date_format),
    function("datediff", 2, 2, day_count::date_diff),
    function("day", 1, 1, date_parts::day),
    function("dayname", 1, 1, date_parts::day_name),
    function("dayofmonth", 1, 1, date_parts::day),
    function("dayofweek", 1, 1, date_parts::day_of_week),
    function("dayofyear", 1, 1, date_parts::day_of_year),
    function("elt", 2, MANY, search::elt),
    function("field", 2, MANY, search::field),
    function("find_in_set", 2, 2, search::find_in_set),
    function("floor", 1, 1, numeric::floor),
    function("from_days", 1, 1, day_count::from_days),
    function("from_unixtime", 1, 2, unix_time::from_unixtime),
    function("get_format", 2, 2, date_format::get_format),
    function("hex", 1, 1, radix::hex),
    function("hour", 1, 1, date_parts::hour),
    function("if", 3, 3, conditional::if_function),
    function("ifnull", 2, 2, conditional::coalesce),
    function("instr", 2, 2, search::instr),
    function("isnull", 1, 1, search::is_null),
    function("last_day", 1, 1, day_count::last_day),
    function("lcase", 1, 1, letter_case::lower),
    function("left", 2, 2, text::left),
    function("length", 1, 1, text::length),
    function("locate", 2, 3, search::locate),
    function("lower", 1, 1, letter_case::lower),
    function("lpad", 3, 3, fill::lpad),
    function("ltrim", 1, 1, text::trim_leading),
    function("makedate", 2, 2, day_count::make_date),
    function("maketime", 3, 3, time_span::make_time),
    function("md5", 1, 1, hash::md5),
    function("microsecond", 1, 1, date_parts::microsecond),
    function("mid", 3, 3, text::substring),
    function("minute", 1, 1, date_parts::minute),
    function("mod", 2, 2, arithmetic::modulo_function),
    function("month", 1, 1, date_parts::month),
    function("monthname", 1, 1, date_parts::month_name),
    function("nullif", 2, 2, conditional::nullif),
    function("oct", 1, 1, radix::oct),
    function("octet_length", 1, 1, text::length),
    function("ord", 1, 1, radix::ord),
    function("period_add", 2, 2, day_count::period_add),
    function("period_diff", 2, 2, day_count::period_diff),
    function("position", 2, 2, search::locate),
    function("quarter", 1, 1, date_parts::quarter),
    function("repeat", 2, 2, fill::repeat),
    function("replace", 3, 3, text::replace),
    function("reverse", 1, 1, fill::reverse),
    function("right", 2, 2, text::right),
    function("round", 1, 2, numeric::round),
    function("rpad", 3, 3, fill::rpad),
    function("rtrim", 1, 1, text::trim_trailing),
    function("sec_to_time", 1, 1, time_span::sec_to_time),
    function("second", 1, 1, date_parts::second),
    function("sha2", 2, 2, hash::sha2),
    function("sign", 1, 1, numeric::sign),
    function("space", 1, 1, fill::space),
    function("str_to_date", 2, 2, date_scan::str_to_date),
    function("strcmp", 2, 2, search::strcmp),
    function("substr", 2, 3, text::substring),
    function("substring", 2, 3, text::substring),
    function("substring_index", 3, 3, search::substring_index),
    function("subtime", 2, 2, time_span::subtract_time),
    function("time", 1, 1, time_span::time),
    function("time_format", 2, 2, date_format::time_format),
    function("time_to_sec", 1, 1, time_span::time_to_sec),
    function("timediff", 2, 2, time_span::time_diff),
    function("timestamp", 1, 2, time_span::timestamp),
    function("to_days", 1, 1, day_count::to_days),
    function("to_seconds", 1, 1, day_count::to_seconds),
    function("trim", 1, 1, text::trim_both),
    function("trim_both", 2, 2, text::trim_both),
    function("trim_leading", 2, 2, text::trim_leading),
    function("trim_trailing", 2, 2, text::trim_trailing),
    function("truncate", 2, 2, numeric::truncate),
    function("ucase", 1, 1, letter_case::upper),
    function("unhex", 1, 1, radix::unhex),
    function("unix_timestamp", 0, 1, unix_time::unix_timestamp),
    function("upper", 1, 1, letter_case::upper),
    function("week", 1, 2, date_parts::week_function),
    function("weekday", 1, 1, date_parts::week_day),
    function("weekofyear", 1, 1, date_parts::week_of_year),
    function("year", 1, 1, date_format::year),
    function("yearweek", 1, 2, date_parts::year_week),
];

/// Functions whose value changes with time, chance or session.
const NONDETERMINISTIC: &[&str] = &[
    "connection_id",
    "curdate",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "curtime",
    "database",
    "found_rows",
    "last_insert_id",
    "localtime",
    "localtimestamp",
    "now",
    "rand",
    "random_bytes",
    "row_count",
    "session_user",
    "sleep",
    "sysdate",
    "system_user",
    "user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "uuid",
    "uuid_short",
    "version",
];

/// Functions of MySQL that mappings do not have.
#[rustfmt::skip]
const UNSUPPORTED: &[&str] = &[
    "acos", "aes_decrypt", "aes_encrypt", "any_value", "asin", "atan", "atan2",
    "bin_to_uuid", "bit_length", "char", "charset", "coercibility", "collation", "compress",
    "cos", "cot",
    "degrees", "exp", "export_set", "format",
    "format_bytes", "from_base64", "greatest", "inet6_aton", "inet6_ntoa",
    "inet_aton", "inet_ntoa", "insert", "interval", "is_ipv4", "is_ipv6", "is_uuid", "json_array",
    "json_contains", "json_extract", "json_keys", "json_length", "json_object", "json_quote", "json_search", "json_type", "json_unquote", "json_valid",
    "json_value", "least", "ln", "load_file", "log", "log10", "log2", "make_set",
    "pi",
    "pow", "power", "quote", "radians", "regexp_instr", "regexp_like", "regexp_replace", "regexp_substr",
    "sha", "sha1", "sin", "soundex",
    "sqrt", "tan",
    "to_base64", "uncompress",
    "uuid_to_bin", "weight_string",
];

/// The names of all functions that mappings have.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

impl Binder<'_> {
    /// Types a call.
    pub(super) fn call(&mut self, name: &Name, args: &[dsl::Expr], span: Span) -> Result<Typed, Failed> {
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == name.text) else {
            let _ = self.bind_all(args);
            return Err(self.no_such_function(name));
        };
        let bound = self.bind_all(args);
        if args.len() < function.least || args.len() > function.most {
            return Err(self.wrong_count(function, args.len(), span));
        }
        (function.bind)(self, &bound?, span)
    }

    fn wrong_count(&mut self, function: &Function, count: usize, span: Span) -> Failed {
        let wanted = match (function.least, function.most) {
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, MANY) => format!("{least} or more arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        };
        self.error(Code::WRONG_ARGUMENT_COUNT, format!("`{}` takes {wanted}, not {count}", function.name), span)
    }

    fn no_such_function(&mut self, name: &Name) -> Failed {
        let text = name.text.as_str();
        if NONDETERMINISTIC.contains(&text) {
            let message = format!("`{text}()` differs at each replay");
            return self.error_with(Code::NONDETERMINISTIC_FUNCTION, message, name.span, "Compare with a column or a constant.");
        }
        if UNSUPPORTED.contains(&text) {
            return self.error(Code::UNSUPPORTED_FUNCTION, format!("MySQL's `{text}` is not supported in mappings yet"), name.span);
        }
        let message = format!("`{text}` is not a function");
        match nearest(text, function_names()) {
            Some(near) => self.error_with(Code::UNKNOWN_FUNCTION, message, name.span, &format!("Did you mean `{near}`?")),
            None => self.error(Code::UNKNOWN_FUNCTION, message, name.span),
        }
    }
}
