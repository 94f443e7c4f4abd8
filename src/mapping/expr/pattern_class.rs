//! Classes in brackets of a regular expression, and letters that several others fold into.

use super::pattern::{Refusal, escaped, hexadecimal};

fn refusal(message: impl Into<String>, hint: &'static str) -> Refusal {
    Refusal { message: message.into(), hint }
}

/// What stands between `[:` and `:]`, and what it is here.
const NAMED: [(&str, &str); 7] = [
    ("alpha", "\\p{Alphabetic}"),
    ("digit", "\\p{Nd}"),
    ("alnum", "\\p{Alphabetic}\\p{Nd}"),
    ("space", "\\s"),
    ("upper", "\\p{Uppercase}"),
    ("lower", "\\p{Lowercase}"),
    ("punct", "\\p{P}"),
];

/// Reads a class behind its `[`, to behind its `]`, and writes it for the regex crate.
pub(super) fn read(characters: &[char], at: &mut usize) -> Result<String, Refusal> {
    let mut reader = ClassReader { characters, at: *at };
    let class = reader.class()?;
    *at = reader.at;
    Ok(class)
}

struct ClassReader<'p> {
    characters: &'p [char],
    at: usize,
}

/// One thing in a class.
enum Item {
    Character(char),
    Class(String),
}

impl ClassReader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn class(&mut self) -> Result<String, Refusal> {
        let mut class = String::from("[");
        if self.peek(0) == Some('^') {
            class.push('^');
            self.at += 1;
        }
        let start = self.at;
        loop {
            match self.peek(0) {
                None => return Err(refusal("a class is never closed", "Write `\\\\[` for the sign itself.")),
                Some(']') if self.at > start => break,
                Some('-') if self.at > start && self.peek(1) != Some(']') => {
                    return Err(refusal("`-` in a class is no range", "Write it first or last: `[-a]`."));
                }
                Some(_) => class.push_str(&self.part()?),
            }
        }
        self.at += 1;
        class.push(']');
        Ok(class)
    }

    /// A character, a range or a class within.
    fn part(&mut self) -> Result<String, Refusal> {
        let first = match self.item()? {
            Item::Character(first) => first,
            Item::Class(class) => return Ok(class),
        };
        if self.peek(0) != Some('-') || self.peek(1).is_none_or(|next| next == ']') {
            return Ok(hexadecimal(first));
        }
        self.at += 1;
        match self.item()? {
            Item::Character(last) if last >= first => Ok(format!("{}-{}", hexadecimal(first), hexadecimal(last))),
            _ => Err(refusal("a range in a class ends before it starts", "Write the lower character first.")),
        }
    }

    fn item(&mut self) -> Result<Item, Refusal> {
        let Some(character) = self.peek(0) else { return Err(refusal("a class is never closed", "Write `\\\\[` for the sign itself.")) };
        self.at += 1;
        match (character, self.peek(0)) {
            ('[', Some(':')) => self.named().map(Item::Class),
            ('[', Some('.' | '=')) => {
                Err(refusal("collating elements, `[.` and `[=`, are not available", "Write the characters themselves."))
            }
            ('[', _) => Err(refusal("a class within a class is not available", "Write `\\\\[` for the sign itself.")),
            ('&', Some('&')) | ('-', Some('-')) => {
                let message = format!("an operator of classes, `{character}{character}`, is not available");
                Err(refusal(message, "Write the class without it."))
            }
            ('\\', Some(letter @ ('d' | 'D' | 'w' | 'W' | 's' | 'S'))) => {
                self.at += 1;
                Ok(Item::Class(format!("\\{letter}")))
            }
            ('\\', Some(other)) => {
                self.at += 1;
                escaped(other).map(Item::Character)
            }
            _ => Ok(Item::Character(character)),
        }
    }

    /// Behind `[`, at `:name:]`.
    fn named(&mut self) -> Result<String, Refusal> {
        let name: String = self.characters[self.at + 1..].iter().take_while(|character| character.is_ascii_alphabetic()).collect();
        let known = NAMED.into_iter().find(|(known, _)| *known == name);
        let end = self.at + 1 + name.len();
        match (known, self.characters.get(end..end + 2)) {
            (Some((_, class)), Some([':', ']'])) => {
                self.at = end + 2;
                Ok(class.to_owned())
            }
            _ => {
                let hint = "There are `[:alpha:]`, `[:digit:]`, `[:alnum:]`, `[:space:]`, `[:upper:]`, `[:lower:]`, `[:punct:]`.";
                Err(refusal(format!("the class `[:{name}:]` is not available"), hint))
            }
        }
    }
}

/// Single characters that count as several letters where case is ignored.
const FOLDED: [(&str, &[char]); 7] =
    [("ffi", &['ﬃ']), ("ffl", &['ﬄ']), ("ff", &['ﬀ']), ("fi", &['ﬁ']), ("fl", &['ﬂ']), ("ss", &['ß', 'ẞ']), ("st", &['ﬅ', 'ﬆ'])];

/// The most spellings of one run.
const MOST_SPELLINGS: usize = 64;

/// Characters in a row where case is ignored: in all spellings that fold into the same letters.
pub(super) fn folded(run: &[char]) -> Result<String, Refusal> {
    if let [one] = run {
        return Ok(hexadecimal(*one));
    }
    if let Some(odd) = run.iter().find(|character| folds_oddly(**character)) {
        let message = format!("`{odd}` folds into several letters");
        return Err(refusal(message, "Write the match type `'c'`, or compare in a `_bin` collation."));
    }
    let mut written = String::new();
    let mut at = 0;
    while at < run.len() {
        let length = run[at..].iter().take_while(|character| matches!(character.to_ascii_lowercase(), 's' | 't' | 'f' | 'i' | 'l')).count();
        if length == 0 {
            written.push_str(&hexadecimal(run[at]));
            at += 1;
            continue;
        }
        let lower: String = run[at..at + length].iter().map(char::to_ascii_lowercase).collect();
        let mut spellings = Vec::new();
        spell(&lower, String::new(), &mut spellings);
        if spellings.len() > MOST_SPELLINGS {
            return Err(refusal("too many letters in a row have ligatures", "Write the match type `'c'`."));
        }
        written.push_str(&format!("(?:{})", spellings.join("|")));
        at += length;
    }
    Ok(written)
}

fn spell(rest: &str, before: String, spellings: &mut Vec<String>) {
    let Some(first) = rest.chars().next() else { return spellings.push(before) };
    if spellings.len() > MOST_SPELLINGS {
        return;
    }
    spell(&rest[1..], before.clone() + &hexadecimal(first), spellings);
    for (letters, singles) in FOLDED.iter().filter(|(letters, _)| rest.starts_with(letters)) {
        for single in *singles {
            spell(&rest[letters.len()..], before.clone() + &hexadecimal(*single), spellings);
        }
    }
}

/// Whether a character beyond ASCII folds into several, or may be a part of what one folds into.
fn folds_oddly(character: char) -> bool {
    let is_part = matches!(character, '\u{2BC}' | '\u{2BE}' | '\u{300}'..='\u{36F}' | '\u{3B1}'..='\u{3C9}' | '\u{391}'..='\u{3A9}');
    let is_armenian = matches!(character, '\u{530}'..='\u{58F}');
    is_part || is_armenian || character.to_uppercase().count() > 1 || character.to_lowercase().count() > 1
}
