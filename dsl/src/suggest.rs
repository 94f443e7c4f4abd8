//! Which known word was probably meant.

/// The candidate that `word` is a slip of, without regard to case: a letter or two wrong, missing, too many or
/// swapped. `None` if nothing is near, or if `word` is one of them.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let allowed = match word.len() {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let distances = candidates.into_iter().map(|c| (distance(&word, &c.to_lowercase().chars().collect::<Vec<_>>()), c));
    distances.filter(|(d, _)| (1..=allowed).contains(d)).min_by_key(|(d, _)| *d).map(|(_, c)| c)
}

/// Edits between two words; two neighbours swapped are one edit.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let words = ["WHERE", "ROUTE", "KEY", "SELECT"];
        assert_eq!(nearest("wehre", words), Some("WHERE"));
        assert_eq!(nearest("SELCT", words), Some("SELECT"));
        assert_eq!(nearest("ROUT", words), Some("ROUTE"));
        assert_eq!(nearest("KEYS", words), Some("KEY"));
        assert_eq!(nearest("where", words), None);
        assert_eq!(nearest("qyid", words), None);
        assert_eq!(nearest("", words), None);
    }
}
