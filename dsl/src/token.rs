//! The tokens of a query text. Knows nothing of grammar: which word is a keyword is the parser's question.

use crate::diagnostic::Span;

/// One token and where it stands; its text is the span's slice of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare word: keyword, name, function or `_charset` introducer.
    Word,
    /// A name in backticks.
    QuotedName,
    /// `'…'` or `"…"`.
    Text,
    /// `N'…'`.
    NationalText,
    /// `x'…'` or `0x…`.
    Hex,
    /// `b'…'` or `0b…`.
    Bits,
    /// Digits only.
    Integer,
    /// Digits with a point.
    Decimal,
    /// A number with an exponent.
    Float,
    /// `@name`, `@@name`.
    Variable,
    /// `\N`.
    NullEscape,
    /// `/*! … */`: a comment that servers execute.
    ExecutedComment,
    /// An operator or a sign.
    Sign(Sign),
    /// A character of no token, or an unclosed text or name: already reported.
    Broken,
    /// After the last token.
    End,
}

/// Operators and punctuation; the longest match wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    LeftParen,
    RightParen,
    Comma,
    Dot,
    Semicolon,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Ampersand,
    DoubleAmpersand,
    Pipe,
    DoublePipe,
    Caret,
    Tilde,
    Bang,
    Eq,
    NullSafeEq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    ShiftLeft,
    ShiftRight,
    Arrow,
    LongArrow,
    Assign,
    Question,
}

/// Longest first, so that the first prefix that matches is the sign.
pub(crate) const SIGNS: [(&str, Sign); 31] = [
    ("->>", Sign::LongArrow),
    ("<=>", Sign::NullSafeEq),
    ("->", Sign::Arrow),
    (":=", Sign::Assign),
    ("<<", Sign::ShiftLeft),
    (">>", Sign::ShiftRight),
    ("<=", Sign::LtEq),
    (">=", Sign::GtEq),
    ("<>", Sign::NotEq),
    ("!=", Sign::NotEq),
    ("&&", Sign::DoubleAmpersand),
    ("||", Sign::DoublePipe),
    ("(", Sign::LeftParen),
    (")", Sign::RightParen),
    (",", Sign::Comma),
    (".", Sign::Dot),
    (";", Sign::Semicolon),
    ("+", Sign::Plus),
    ("-", Sign::Minus),
    ("*", Sign::Star),
    ("/", Sign::Slash),
    ("%", Sign::Percent),
    ("&", Sign::Ampersand),
    ("|", Sign::Pipe),
    ("^", Sign::Caret),
    ("~", Sign::Tilde),
    ("!", Sign::Bang),
    ("=", Sign::Eq),
    ("<", Sign::Lt),
    (">", Sign::Gt),
    ("?", Sign::Question),
];
