//! Regular expressions: MySQL's are ICU's, ours the regex crate's. A pattern is read as ICU reads it and written anew with what means the
//! same in both; every other construct is refused by name.

/// A pattern in the syntax of the regex crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    pub(super) regex: String,
    /// How many groups it captures; further ones, called `tail…`, hold the line terminator that `$` looks at and does not take.
    pub(super) groups: usize,
    pub(super) tails: usize,
}

/// What decides how a pattern is read, beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whether letters of either case are the same.
    pub(super) ignores_case: bool,
    /// Whether a line feed alone ends a line.
    pub(super) has_unix_lines: bool,
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) hint: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    /// Characters in a row.
    Run(Vec<char>),
    /// `.`
    Any,
    /// A class, written for the regex crate.
    Class(String),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\z`
    VeryEnd,
    /// `(…)`, captured or not.
    Group {
        inner: Box<Node>,
        is_captured: bool,
    },
    /// Something and its quantifier.
    Repeat {
        inner: Box<Node>,
        least: u32,
        quantifier: String,
    },
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
}

/// Reads a pattern and writes it anew.
pub(super) fn translate(pattern: &str, reading: Reading) -> Result<Translated, Refusal> {
    let mut reader = Reader { characters: pattern.chars().collect(), at: 0, depth: 0 };
    let node = reader.choice()?;
    if reader.peek().is_some() {
        return Err(refusal("`)` closes no group", "Write `\\\\)` for the sign itself."));
    }
    let mut writer = Writer { out: String::new(), groups: 0, tails: 0, reading };
    if reading.ignores_case {
        writer.out.push_str("(?i)");
    }
    writer.write(&node, true)?;
    Ok(Translated { regex: writer.out, groups: writer.groups, tails: writer.tails })
}

fn refusal(message: impl Into<String>, hint: &'static str) -> Refusal {
    Refusal { message: message.into(), hint }
}

/// The deepest nesting of groups.
const MOST_DEPTH: usize = 50;

struct Reader {
    characters: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, wanted)| self.characters.get(self.at + ahead) == Some(&wanted))
    }

    fn eat(&mut self, text: &str) -> bool {
        let is_here = self.starts_with(text);
        if is_here {
            self.at += text.chars().count();
        }
        is_here
    }

    /// Branches between `|`.
    fn choice(&mut self) -> Result<Node, Refusal> {
        let mut branches = vec![self.sequence()?];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Choice(branches) })
    }

    fn sequence(&mut self) -> Result<Node, Refusal> {
        let mut parts: Vec<Node> = Vec::new();
        while let Some(character) = self.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            let part = match self.atom(character)? {
                Node::Run(one) if !self.at_quantifier() => {
                    if let Some(Node::Run(run)) = parts.last_mut() {
                        run.extend(one);
                        continue;
                    }
                    Node::Run(one)
                }
                atom => self.quantified(atom)?,
            };
            parts.push(part);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Sequence(parts) })
    }

    fn atom(&mut self, character: char) -> Result<Node, Refusal> {
        self.at += 1;
        Ok(match character {
            '.' => Node::Any,
            '^' => Node::Start,
            '$' => Node::End,
            '[' => Node::Class(super::pattern_class::read(&self.characters, &mut self.at)?),
            '(' => self.group()?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return Err(refusal(format!("`{character}` has nothing to repeat"), "Write `\\\\` before the sign itself.")),
            '{' | '}' => return Err(refusal(format!("`{character}` is no quantifier here"), "Write `\\\\` before the sign itself.")),
            character => Node::Run(vec![character]),
        })
    }

    /// Behind `(`.
    fn group(&mut self) -> Result<Node, Refusal> {
        const REFUSED: [(&str, &str); 6] = [
            ("?=", "lookahead"),
            ("?!", "lookahead"),
            ("?<=", "lookbehind"),
            ("?<!", "lookbehind"),
            ("?>", "an atomic group"),
            ("?#", "a comment"),
        ];
        if let Some((sign, name)) = REFUSED.into_iter().find(|(sign, _)| self.starts_with(sign)) {
            return Err(refusal(format!("{name}, `({sign}`, is not available"), "Write the pattern without it."));
        }
        let is_captured = if self.eat("?:") {
            false
        } else if self.starts_with("?") {
            let hint = "Write `(?:…)` for a group, and the match type for options.";
            return Err(refusal("flags and names in a group, `(?…`, are not available", hint));
        } else {
            true
        };
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(refusal("groups are nested too deep", "Write the pattern with fewer groups."));
        }
        let inner = self.choice()?;
        self.depth -= 1;
        if !self.eat(")") {
            return Err(refusal("a group is never closed", "Write `\\\\(` for the sign itself."));
        }
        Ok(Node::Group { inner: Box::new(inner), is_captured })
    }

    /// Behind a backslash.
    fn escape(&mut self) -> Result<Node, Refusal> {
        let Some(character) = self.peek() else {
            return Err(refusal("the pattern ends in a backslash", "A backslash is written `\\\\\\\\` in a text."));
        };
        self.at += 1;
        Ok(match character {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Node::Class(format!("[\\{character}]")),
            'A' => Node::Start,
            'z' => Node::VeryEnd,
            _ => Node::Run(vec![escaped(character)?]),
        })
    }

    fn at_quantifier(&self) -> bool {
        matches!(self.peek(), Some('*' | '+' | '?' | '{'))
    }

    fn quantified(&mut self, atom: Node) -> Result<Node, Refusal> {
        let start = self.at;
        let Some(least) = self.quantifier()? else { return Ok(atom) };
        let _lazy = self.eat("?");
        if self.eat("+") {
            return Err(refusal("a possessive quantifier, `+` behind another, is not available", "Write the pattern without it."));
        }
        if self.at_quantifier() {
            return Err(refusal("two quantifiers follow each other", "Put the first one into a group: `(?:…)`."));
        }
        if is_empty_at_times(&atom) {
            return Err(refusal("what may be empty is repeated", "Repeat what holds a character at least."));
        }
        let quantifier = self.characters[start..self.at].iter().collect();
        Ok(Node::Repeat { inner: Box::new(atom), least, quantifier })
    }

    /// The least number of repetitions, if a quantifier stands here.
    fn quantifier(&mut self) -> Result<Option<u32>, Refusal> {
        if self.eat("*") || self.eat("?") {
            return Ok(Some(0));
        }
        if self.eat("+") {
            return Ok(Some(1));
        }
        if !self.eat("{") {
            return Ok(None);
        }
        let wrong = || refusal("`{` opens no quantifier", "Write `{2}`, `{2,}` or `{2,5}`, at most 1000.");
        let least = self.number().ok_or_else(wrong)?;
        let most = if self.eat(",") { self.number() } else { Some(least) };
        let is_empty = most.is_some_and(|most| most < least || most == 0);
        if !self.eat("}") || is_empty || least.max(most.unwrap_or(0)) > 1000 {
            return Err(wrong());
        }
        Ok(Some(least))
    }

    fn number(&mut self) -> Option<u32> {
        let digits: String = self.characters[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        digits.parse().ok()
    }
}

/// The character that a backslash and `character` stand for, in a class too.
pub(super) fn escaped(character: char) -> Result<char, Refusal> {
    let name = match character {
        't' => return Ok('\t'),
        'n' => return Ok('\n'),
        'r' => return Ok('\r'),
        'f' => return Ok('\x0C'),
        sign if sign.is_ascii_punctuation() || sign == ' ' => return Ok(sign),
        'b' | 'B' => "a word boundary",
        '0'..='9' | 'k' => "a back reference",
        'p' | 'P' | 'N' => "a property of characters",
        'X' | 'R' | 'h' | 'H' | 'v' | 'V' => "a class of ICU",
        'x' | 'u' | 'U' | 'c' => "a character by its number",
        'Q' | 'E' => "a quotation",
        'G' | 'Z' => "an anchor of ICU",
        _ => "an escape",
    };
    Err(refusal(format!("{name}, `\\{character}`, is not available"), "Write the characters themselves, or a class: `[a-z]`."))
}

/// Whether it matches no character at all somewhere.
fn is_empty_at_times(node: &Node) -> bool {
    match node {
        Node::Run(_) | Node::Any | Node::Class(_) => false,
        Node::Start | Node::End | Node::VeryEnd => true,
        Node::Group { inner, .. } => is_empty_at_times(inner),
        Node::Repeat { least, .. } => *least == 0,
        Node::Sequence(parts) => parts.iter().all(is_empty_at_times),
        Node::Choice(branches) => branches.iter().any(is_empty_at_times),
    }
}

struct Writer {
    out: String,
    groups: usize,
    tails: usize,
    reading: Reading,
}

/// What ICU takes for the end of a line.
const TERMINATORS: &str = "\\n\\x0B\\x0C\\r\\x{85}\\x{2028}\\x{2029}";

impl Writer {
    /// `is_last` where nothing of the pattern follows.
    fn write(&mut self, node: &Node, is_last: bool) -> Result<(), Refusal> {
        match node {
            Node::Run(run) if self.reading.ignores_case => self.out.push_str(&super::pattern_class::folded(run)?),
            Node::Run(run) => run.iter().for_each(|character| self.out.push_str(&hexadecimal(*character))),
            Node::Any if self.reading.has_unix_lines => self.out.push_str("[^\\n]"),
            Node::Any => self.out.push_str(&format!("[^{TERMINATORS}]")),
            Node::Class(class) => self.out.push_str(class),
            Node::Start => self.out.push_str("\\A"),
            Node::VeryEnd => self.out.push_str("\\z"),
            Node::End => self.end(is_last)?,
            Node::Group { inner, is_captured } => {
                self.groups += usize::from(*is_captured);
                self.out.push_str(if *is_captured { "(" } else { "(?:" });
                self.write(inner, is_last)?;
                self.out.push(')');
            }
            Node::Repeat { inner, quantifier, .. } => {
                self.out.push_str("(?:");
                self.write(inner, false)?;
                self.out.push_str(&format!("){quantifier}"));
            }
            Node::Sequence(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    self.write(part, is_last && index + 1 == parts.len())?;
                }
            }
            Node::Choice(branches) => {
                self.out.push_str("(?:");
                for (index, branch) in branches.iter().enumerate() {
                    self.out.push_str(if index == 0 { "" } else { "|" });
                    self.write(branch, is_last)?;
                }
                self.out.push(')');
            }
        }
        Ok(())
    }

    /// The end of the text, or the place before the line terminator that ends it, but not within CR LF.
    fn end(&mut self, is_last: bool) -> Result<(), Refusal> {
        if !is_last {
            return Err(refusal("`$` stands before the end of the pattern", "Write `\\\\$` for the sign itself."));
        }
        let tail = self.tails;
        if self.reading.has_unix_lines {
            self.tails += 1;
            self.out.push_str(&format!("(?P<tail{tail}>\\n)?\\z"));
        } else {
            self.tails += 2;
            let others = "[\\x0B\\x0C\\x{85}\\x{2028}\\x{2029}]";
            self.out.push_str(&format!("(?:(?mR:$)(?P<tail{tail}>\\r\\n|\\r|\\n)?\\z|(?P<tail{}>{others})\\z)", tail + 1));
        }
        Ok(())
    }
}

/// A character by its number, so that none means more than itself.
pub(super) fn hexadecimal(character: char) -> String {
    format!("\\x{{{:X}}}", character as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXACT: Reading = Reading { ignores_case: false, has_unix_lines: false };

    #[test]
    fn what_icu_and_the_regex_crate_read_differently_is_refused_by_name() {
        let refused = [
            ("a(?=b)", "lookahead"),
            ("(?<!b)a", "lookbehind"),
            ("(a)\\1", "back reference"),
            ("\\ba", "word boundary"),
            ("a*+", "possessive"),
            ("(?>a)", "atomic"),
            ("\\X", "class of ICU"),
            ("(?i)a", "flags"),
            ("a$b", "`$` stands before"),
            ("(a*)*", "may be empty"),
            ("[[.a.]]", "collating"),
            ("[a&&b]", "`&&`"),
            ("a{,2}", "no quantifier"),
            ("(a", "never closed"),
        ];
        for (pattern, named) in refused {
            let refusal = translate(pattern, EXACT).expect_err(pattern);
            assert!(refusal.message.contains(named), "{pattern}: {}", refusal.message);
        }
    }

    #[test]
    fn letters_that_fold_into_several_are_found_in_either_spelling() {
        let reading = Reading { ignores_case: true, ..EXACT };
        let regex = |pattern| regex::Regex::new(&translate(pattern, reading).expect("it is read").regex).expect("it is one");
        assert!(regex("^strasse$").is_match("STRAßE") && regex("office").is_match("oﬃce"));
        assert!(!regex("^s$").is_match("ß"));
    }
}
