//! The canonical text of any tree is read back to the same tree, and no text makes the parser panic or point outside of it.

use dsl::{
    BinaryOp, CastType, Expr, ExprKind, IsTest, Item, JsonAnswer, JsonValue, Key, Literal, Lookup, Mapping, MappingOption, Name, Operation,
    Operations, OptionValue, PatternPair, Route, Source, Span, Text, TimeUnit, UnaryOp, UnitOp, parse, parse_expression,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NOWHERE: Span = Span::new(0, 0);

/// What is left of a tree when spans and backticks do not count.
fn shape(tree: &impl std::fmt::Debug) -> String {
    let text = format!("{tree:?}").replace("quoted: true", "quoted: false");
    let mut rest = text.as_str();
    let mut bare = String::new();
    while let Some(at) = rest.find("Span { start: ") {
        bare.push_str(&rest[..at]);
        rest = rest[at..].split_once('}').map_or("", |(_, behind)| behind);
    }
    bare + rest
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: NOWHERE }
}

fn name() -> impl Strategy<Value = Name> {
    let words = vec![
        "id",
        "qyid",
        "from",
        "Where",
        "schema",
        "TABLE",
        "key",
        "end",
        "left",
        "for",
        "with",
        "route",
        "to",
        "on",
        "as",
        "and",
        "case",
        "not",
        "date",
        "null",
        "true",
        "interval",
        "binary",
        "leading",
        "over",
        "current_date",
        "mod",
        "div",
        "_x",
        "utf8mb4",
        "1e5",
        "2024",
        "a b",
        "a`b",
        "a.b",
        "日本",
        "$x",
        "x'",
        "'",
        "--",
        "n",
        "b",
        "x",
        "escape",
        "replace",
        "except",
        "collate",
        "sounds",
        "member",
    ];
    let text = prop_oneof![select(words).prop_map(str::to_owned), "[a-z_][a-z0-9_]{0,6}", "[^\\x00]{1,5}"];
    text.prop_map(|text| Name { text, quoted: false, span: NOWHERE })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z%_\\\\'\"`]{0,6}", any::<String>()]
}

fn literal() -> impl Strategy<Value = Literal> {
    let introducer = || of(select(vec!["utf8mb4", "latin1", "binary", "gbk"]).prop_map(str::to_owned));
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        "[0-9]{1,22}".prop_map(Literal::Integer),
        "[0-9]{0,3}\\.[0-9]{1,3}|[0-9]{1,3}\\.".prop_map(Literal::Decimal),
        "[0-9]{1,3}(\\.[0-9]{0,2})?[eE][-+]?[0-9]{1,2}".prop_map(Literal::Float),
        (text(), introducer()).prop_map(|(value, introducer)| Literal::Text { value, introducer }),
        vec(any::<u8>(), 0..5).prop_map(Literal::Bits),
        (vec(any::<u8>(), 0..5), introducer()).prop_map(|(value, introducer)| Literal::Bytes { value, introducer }),
        text().prop_map(Literal::Date),
        text().prop_map(Literal::Time),
        text().prop_map(Literal::Timestamp),
    ]
}

fn cast_type() -> impl Strategy<Value = CastType> {
    prop_oneof![
        select(vec![
            CastType::Signed,
            CastType::Unsigned,
            CastType::Double,
            CastType::Float,
            CastType::Date,
            CastType::Year,
            CastType::Json
        ]),
        (1_u8..=65, 0_u8..=30).prop_map(|(precision, scale)| CastType::Decimal { precision, scale: scale.min(precision) }),
        (of(any::<u32>()), of(name())).prop_map(|(length, charset)| CastType::Char { length, charset }),
        of(any::<u32>()).prop_map(|length| CastType::Binary { length }),
        (0_u8..=6).prop_map(|fsp| CastType::Time { fsp }),
        (0_u8..=6).prop_map(|fsp| CastType::DateTime { fsp }),
    ]
}

const UNARY: [UnaryOp; 5] = [UnaryOp::Negate, UnaryOp::Plus, UnaryOp::BitNot, UnaryOp::Not, UnaryOp::Binary];

const BINARY: [BinaryOp; 21] = [
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::IntDivide,
    BinaryOp::Modulo,
    BinaryOp::ShiftLeft,
    BinaryOp::ShiftRight,
    BinaryOp::BitAnd,
    BinaryOp::BitOr,
    BinaryOp::BitXor,
    BinaryOp::Eq,
    BinaryOp::NullSafeEq,
    BinaryOp::NotEq,
    BinaryOp::Lt,
    BinaryOp::LtEq,
    BinaryOp::Gt,
    BinaryOp::GtEq,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
];

fn call(inner: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let names = vec![
        "concat",
        "if",
        "left",
        "replace",
        "mod",
        "date",
        "schema",
        "table",
        "current_date",
        "locate",
        "char",
        "in",
        "key",
        "no such",
        "_f",
        "end",
        "trim",
        "substring",
    ];
    let plain = (select(names), vec(inner.clone(), 1..4)).prop_map(|(name, mut args)| {
        if name == "trim" {
            args.truncate(1);
        }
        (name, args)
    });
    let trims = (select(vec!["trim_leading", "trim_trailing", "trim_both"]), vec(inner, 2..3));
    prop_oneof![4 => plain, 1 => trims].prop_map(|(name, args)| {
        let name = Name { text: name.to_owned(), quoted: false, span: NOWHERE };
        ExprKind::Call { name, args }
    })
}

fn json_value(inner: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let constant = || text().prop_map(|value| expr(ExprKind::Literal(Literal::Text { value, introducer: None })));
    let default = move || constant().prop_map(|value| JsonAnswer::Default(Box::new(value)));
    let answer = move || of(prop_oneof![Just(JsonAnswer::Null), Just(JsonAnswer::Error), default()]);
    (inner, constant(), of(cast_type()), answer(), answer()).prop_map(|(document, path, returning, on_empty, on_error)| {
        ExprKind::JsonValue(Box::new(JsonValue { document, path, returning, on_empty, on_error }))
    })
}

fn by_unit(inner: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = ExprKind> {
    let ops = vec![UnitOp::Add, UnitOp::Subtract, UnitOp::Extract, UnitOp::Difference];
    (select(ops), select(TimeUnit::ALL.to_vec()), vec(inner, 2..3)).prop_map(|(op, unit, mut args)| {
        if op == UnitOp::Extract {
            args.truncate(1);
        }
        let unit = if op == UnitOp::Difference && unit.is_compound() { TimeUnit::Day } else { unit };
        ExprKind::ByUnit { op, unit, args }
    })
}

fn any_expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        3 => literal().prop_map(ExprKind::Literal),
        3 => (of(name()), name()).prop_map(|(qualifier, name)| ExprKind::Column { qualifier, name }),
        1 => Just(ExprKind::SourceSchema),
        1 => Just(ExprKind::SourceTable),
    ];
    leaf.prop_map(expr).prop_recursive(5, 40, 4, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let tests = vec![IsTest::Null, IsTest::True, IsTest::False];
        prop_oneof![
            2 => (select(UNARY.to_vec()), one()).prop_map(|(op, a)| ExprKind::Unary(op, a)),
            6 => (one(), select(BINARY.to_vec()), one()).prop_map(|(a, op, b)| ExprKind::Binary(a, op, b)),
            1 => (one(), select(tests), any::<bool>()).prop_map(|(expr, test, negated)| ExprKind::Is { expr, test, negated }),
            1 => (one(), one(), one(), any::<bool>()).prop_map(|(expr, low, high, negated)| ExprKind::Between { expr, low, high, negated }),
            1 => (one(), vec(inner.clone(), 1..4), any::<bool>()).prop_map(|(expr, list, negated)| ExprKind::In { expr, list, negated }),
            1 => (one(), one(), of(one()), any::<bool>())
                .prop_map(|(expr, pattern, escape, negated)| ExprKind::Like { expr, pattern, escape, negated }),
            1 => (of(one()), vec((inner.clone(), inner.clone()), 1..3), of(one()))
                .prop_map(|(operand, branches, otherwise)| ExprKind::Case { operand, branches, otherwise }),
            1 => (one(), cast_type()).prop_map(|(expr, to)| ExprKind::Cast { expr, to }),
            1 => (one(), name()).prop_map(|(expr, charset)| ExprKind::ConvertUsing { expr, charset }),
            1 => (one(), name()).prop_map(|(expr, collation)| ExprKind::Collate { expr, collation }),
            1 => (one(), one()).prop_map(|(value, array)| ExprKind::MemberOf { value, array }),
            1 => json_value(inner.clone()),
            3 => call(inner.clone()),
            2 => by_unit(inner.clone()),
        ]
        .prop_map(expr)
    })
}

fn item() -> impl Strategy<Value = Item> {
    let replaced = vec((any_expr(), name()), 0..3);
    prop_oneof![
        (vec(name(), 0..3), replaced).prop_map(|(except, replace)| Item::Star { except, replace, span: NOWHERE }),
        (any_expr(), name()).prop_map(|(expr, name)| Item::Column { expr, name }),
        (of(name()), name()).prop_map(|(qualifier, column)| {
            let kind = ExprKind::Column { qualifier, name: column.clone() };
            Item::Column { expr: expr(kind), name: column }
        }),
    ]
}

fn source() -> impl Strategy<Value = Source> {
    let constant = || text().prop_map(|value| Text { value, span: NOWHERE });
    let pair = || (constant(), constant()).prop_map(|(schema, table)| PatternPair { schema, table });
    prop_oneof![
        (name(), name(), of(name())).prop_map(|(schema, table, alias)| Source::Table { schema, table, alias }),
        pair().prop_map(Source::Like),
        pair().prop_map(Source::Regexp),
    ]
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let route =
        (any_expr(), of(any_expr()), of(any_expr())).prop_map(|(schema, table, server)| Route { schema, table, server, span: NOWHERE });
    let key = vec(name(), 1..4).prop_map(|columns| Key { columns, span: NOWHERE });
    let value = prop_oneof![
        text().prop_map(OptionValue::Text),
        "[0-9]{1,9}|[0-9]\\.[0-9]|1e[0-9]".prop_map(OptionValue::Number),
        any::<bool>().prop_map(OptionValue::Bool)
    ];
    let option = (name(), value).prop_map(|(name, value)| MappingOption { name, value, value_span: NOWHERE });
    let operations = subsequence(&Operation::ALL[..], 1..=3).prop_map(|list| Operations { list, span: NOWHERE });
    let clauses = (of(any_expr()), of(any_expr()), of(route), of(key), of(operations), vec(option, 0..3));
    let lookup = (name(), of(name()), any_expr()).prop_map(|(name, alias, on)| Lookup { name, alias, on, span: NOWHERE });
    (name(), vec(item(), 1..4), source(), vec(lookup, 0..3), clauses).prop_map(
        |(name, items, source, lookups, (filter, when, route, key, operations, options))| Mapping {
            name,
            items,
            source,
            lookups,
            filter,
            when,
            route,
            key,
            operations,
            options,
            span: NOWHERE,
        },
    )
}

fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::SourceSchema | ExprKind::SourceTable => vec![],
        ExprKind::Unary(_, a)
        | ExprKind::Is { expr: a, .. }
        | ExprKind::Cast { expr: a, .. }
        | ExprKind::ConvertUsing { expr: a, .. }
        | ExprKind::Collate { expr: a, .. } => vec![a],
        ExprKind::Binary(a, _, b) => vec![a, b],
        ExprKind::Between { expr, low, high, .. } => vec![expr, low, high],
        ExprKind::In { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
        ExprKind::Like { expr, pattern, escape, .. } => [expr, pattern].into_iter().chain(escape).map(|e| &**e).collect(),
        ExprKind::Case { operand, branches, otherwise } => {
            let ends = operand.iter().chain(otherwise).map(|e| &**e);
            ends.chain(branches.iter().flat_map(|(a, b)| [a, b])).collect()
        }
        ExprKind::MemberOf { value, array } => vec![value, array],
        ExprKind::JsonValue(value) => vec![&value.document, &value.path],
        ExprKind::Call { args, .. } | ExprKind::ByUnit { args, .. } => args.iter().collect(),
    }
}

/// The text under a span, read alone, is that part again.
fn check_parts(text: &str, expr: &Expr) {
    let part = &text[expr.span.start as usize..expr.span.end as usize];
    let read = parse_expression(part);
    assert_eq!(read.as_ref().map(shape), Ok(shape(expr)), "{part} in {text}");
    let read = read.expect("it has just been compared");
    assert_eq!((read.span.start as usize, read.span.end as usize), (0, part.len()), "{part} in {text}");
    for inner in parts(expr) {
        check_parts(text, inner);
    }
}

#[test]
fn spans_end_at_the_closing_parenthesis_and_begin_at_the_operator() {
    let texts = [
        "- ( a + b ) * f( c, (d) )",
        "CAST( a + 1 AS CHAR (5) CHARACTER SET latin1 ) || x",
        "( (a) ) BETWEEN (b) AND ( c OR d )",
        "NOT ( a ) IS NOT NULL",
        "CASE (a) WHEN 1 THEN (b) END = _latin1 'a' 'b'",
        "a IN ( (1), 2 ) AND ! (b) COLLATE utf8mb4_bin",
        "CONVERT( (a) USING utf8mb4 ) LIKE ( b ) ESCAPE '|'",
        "(a) MEMBER OF ( (b) ) OR c -> '$.a' = 1",
        "json_value( (a), '$.b' RETURNING CHAR (3) DEFAULT 'x' ON EMPTY ERROR ON ERROR )",
        "substring( a FROM (2) FOR 3 ) <=> DATE '2024-01-01'",
    ];
    for text in texts {
        check_parts(text, &parse_expression(text).expect(text));
    }
}

fn cases() -> ProptestConfig {
    let slow = std::env::var("ROWGATE_SLOW").is_ok_and(|v| v == "1");
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(if slow { 10_000 } else { 256 }) }
}

/// Every span lies in the text and cuts no character.
fn check_spans(text: &str) {
    for diagnostic in parse(text).diagnostics {
        let span = diagnostic.span;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?} in {text:?}");
    }
}

/// What may stand between two tokens.
const FILLERS: [&str; 9] = [" ", " ", "\n", "\n\n", "\t ", " /* a */ ", " -- b\n", "\n  # c d\n", "\n/* e\n f */\n"];

/// The text with other white space and comments in the place of its spaces, in the order of `choices`.
fn strewn(text: &str, choices: &[usize]) -> String {
    let (mut out, mut quote, mut escaped) = (String::new(), None, false);
    let mut choices = choices.iter().cycle();
    for c in text.chars() {
        match (quote, c) {
            (None, ' ') => {
                out.push_str(FILLERS[*choices.next().expect("it goes round")]);
                continue;
            }
            (None, '\'' | '`') => quote = Some(c),
            (Some('\''), '\\') if !escaped => {
                escaped = true;
                out.push(c);
                continue;
            }
            // A doubled quote closes and opens.
            (Some(open), c) if open == c && !escaped => quote = None,
            _ => {}
        }
        escaped = false;
        out.push(c);
    }
    out
}

/// How often each comment of [`FILLERS`] stands in a text; no generated text holds one.
fn comments(text: &str) -> [usize; 4] {
    ["/* a */", "-- b\n", "# c d\n", "/* e\n f */"].map(|comment| text.matches(comment).count())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn layout_keeps_the_fingerprint_and_every_comment_and_is_settled_at_once(mapping in mapping(), choices in vec(0..FILLERS.len(), 1..30)) {
        let text = strewn(&format!("{};\n", mapping.canonical()), &choices);
        let formatted = dsl::format(&text);
        prop_assert!(formatted.is_ok(), "{formatted:?} for\n{text}");
        let formatted = formatted.expect("it has just been asked");
        prop_assert_eq!(parse(&formatted).file.mappings[0].canonical(), mapping.canonical(), "{}", text);
        prop_assert_eq!(comments(&formatted), comments(&text), "{}\n{}", text, &formatted);
        let again = dsl::format(&formatted);
        prop_assert_eq!(again.as_ref(), Ok(&formatted), "{}", text);
    }

    #[test]
    fn a_canonical_text_is_read_back_to_the_same_mapping(mapping in mapping()) {
        let canonical = mapping.canonical();
        let parsed = parse(&canonical);
        prop_assert!(parsed.diagnostics.is_empty(), "{:?}\nin {canonical}", parsed.diagnostics);
        prop_assert_eq!(parsed.file.mappings.len(), 1);
        prop_assert_eq!(shape(&parsed.file.mappings[0]), shape(&mapping), "{}", canonical);
        prop_assert_eq!(parsed.file.mappings[0].canonical(), canonical);
    }

    #[test]
    fn an_expressions_canonical_text_is_read_back(expr in any_expr()) {
        let canonical = expr.to_string();
        let read = parse_expression(&canonical);
        prop_assert_eq!(read.as_ref().map(shape), Ok(shape(&expr)), "{}", canonical);
    }

    #[test]
    fn the_span_of_each_part_holds_its_text_and_no_more(expr in any_expr()) {
        let text = expr.to_string();
        check_parts(&text, &parse_expression(&text).expect("a canonical text is an expression"));
    }

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        check_spans(&text);
    }

    #[test]
    fn a_damaged_mapping_is_read_without_panic(mapping in mapping(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), junk in "[a-z'\"`();,.*@/#é；-]{0,3}|CREATE MAPPING ") {
        let mut chars: Vec<char> = mapping.canonical().chars().collect();
        let (from, to) = (from.index(chars.len()), to.index(chars.len()));
        let end = to.clamp(from, (from + 5).min(chars.len()));
        chars.splice(from..end, junk.chars());
        check_spans(&chars.into_iter().collect::<String>());
    }
}
