//! Documents that know where they may break, and the printer that breaks only what does not fit.

/// The longest line that is printed where there is a choice.
pub(super) const WIDTH: usize = 100;

/// A piece of text with possible line breaks.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// On one line, except for texts and comments that hold line breaks themselves.
    Text(String),
    /// A space, or a line break in a group that does not fit.
    Line,
    /// Nothing, or a line break in a group that does not fit.
    SoftLine,
    /// A comment that something stands before on its line, and whether it ends the line.
    Trailing(String, bool),
    /// A comment on lines of its own.
    Leading(String),
    /// A line break.
    HardLine,
    /// One after the other.
    Concat(Vec<Doc>),
    /// Lines inside are indented by so much more.
    Nest(usize, Box<Doc>),
    /// On one line if it fits.
    Group(Box<Doc>),
    /// As many on a line as fit.
    Fill(Vec<Doc>),
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn group(parts: Vec<Doc>) -> Self {
        Self::Group(Box::new(Self::Concat(parts)))
    }

    pub(super) fn nest(indent: usize, parts: Vec<Doc>) -> Self {
        Self::Nest(indent, Box::new(Self::Concat(parts)))
    }

    /// Its width on one line; none where it has to break.
    pub(super) fn flat_width(&self) -> Option<usize> {
        self.width(false)
    }

    /// As [`Doc::flat_width`]; at the end of all, a comment may end the line.
    fn width(&self, ends: bool) -> Option<usize> {
        match self {
            Self::Text(text) | Self::Trailing(text, _) if text.contains('\n') => None,
            Self::Text(text) => Some(text.chars().count()),
            Self::Line => Some(1),
            Self::SoftLine => Some(0),
            Self::Trailing(text, false) => Some(text.chars().count() + 1),
            Self::Trailing(_, true) => ends.then_some(0),
            Self::Leading(_) | Self::HardLine => None,
            Self::Concat(parts) => widths(parts, ends),
            Self::Fill(parts) => widths(parts, ends).map(|width| width + parts.len().saturating_sub(1)),
            Self::Nest(_, doc) | Self::Group(doc) => doc.width(ends),
        }
    }
}

fn widths(parts: &[Doc], ends: bool) -> Option<usize> {
    parts.iter().enumerate().map(|(number, part)| part.width(ends && number + 1 == parts.len())).sum()
}

/// Prints documents one after the other.
#[derive(Debug)]
pub(super) struct Printer {
    /// How lines end; texts and comments over several lines keep their own ends.
    newline: &'static str,
    out: String,
    column: usize,
    /// A comment ended the line: whatever comes next begins a new one.
    line_is_over: bool,
}

impl Printer {
    pub(super) fn new(newline: &'static str) -> Self {
        Self { newline, out: String::new(), column: 0, line_is_over: false }
    }

    /// Prints a document at an indentation.
    pub(super) fn print(&mut self, doc: &Doc, indent: usize) {
        self.visit(doc, indent, false);
    }

    /// Whether a comment has ended the line.
    pub(super) fn line_is_over(&self) -> bool {
        self.line_is_over
    }

    /// Ends the line, unless nothing stands on it.
    pub(super) fn end_line(&mut self) {
        if self.column > 0 || self.line_is_over {
            self.out.push_str(self.newline);
        }
        self.column = 0;
        self.line_is_over = false;
    }

    /// An empty line, unless one stands there, or nothing stands before it.
    pub(super) fn blank_line(&mut self) {
        self.end_line();
        let has_blank = self.out.strip_suffix(self.newline).is_some_and(|rest| rest.ends_with(self.newline));
        if !self.out.is_empty() && !has_blank {
            self.out.push_str(self.newline);
        }
    }

    /// What was printed, its last line ended.
    pub(super) fn finish(mut self) -> String {
        self.end_line();
        self.out
    }

    fn visit(&mut self, doc: &Doc, indent: usize, flat: bool) {
        match doc {
            // A space at the start of a line would be one too many.
            Doc::Text(text) if self.line_is_over && text.chars().all(|c| c == ' ') => self.break_line(indent),
            Doc::Text(text) => {
                self.begin(indent);
                self.write(text);
            }
            Doc::Line | Doc::SoftLine if !flat => self.break_line(indent),
            Doc::Line => {
                self.begin(indent);
                self.write(" ");
            }
            Doc::SoftLine => {}
            Doc::HardLine => self.break_line(indent),
            Doc::Trailing(text, ends_line) => {
                self.begin(indent);
                if !self.out.ends_with([' ', '\n']) {
                    self.write(" ");
                }
                self.write(text);
                self.line_is_over = *ends_line;
            }
            Doc::Leading(text) => {
                if self.out.trim_end_matches(' ').ends_with('\n') || self.out.is_empty() {
                    self.begin(indent);
                } else {
                    self.break_line(indent);
                }
                self.write(text);
                self.line_is_over = true;
            }
            Doc::Concat(parts) => parts.iter().for_each(|part| self.visit(part, indent, flat)),
            Doc::Fill(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    let fits = flat || part.flat_width().is_some_and(|width| self.column + 1 + width <= WIDTH);
                    match number {
                        0 => {}
                        _ if fits => self.visit(&Doc::text(" "), indent, flat),
                        _ => self.break_line(indent),
                    }
                    self.visit(part, indent, flat);
                }
            }
            Doc::Nest(more, doc) => self.visit(doc, indent + more, flat),
            Doc::Group(doc) => {
                let start = if self.line_is_over { indent } else { self.column };
                let flat = flat || doc.width(true).is_some_and(|width| start + width <= WIDTH);
                self.visit(doc, indent, flat);
            }
        }
    }

    /// Sees to it that text may follow.
    fn begin(&mut self, indent: usize) {
        if self.line_is_over {
            self.break_line(indent);
        }
    }

    fn break_line(&mut self, indent: usize) {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        self.out.push_str(self.newline);
        self.out.push_str(&" ".repeat(indent));
        self.column = indent;
        self.line_is_over = false;
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column = match text.rfind('\n') {
            Some(at) => text[at + 1..].chars().count(),
            None => self.column + text.chars().count(),
        };
    }
}
