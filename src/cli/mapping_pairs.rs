//! Which mapping of the old rules is which of the new ones.

use crate::mapping::MappingSet;

/// A mapping of the old rules, of the new ones, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MappingPair {
    /// Its name under the old rules.
    pub(super) old: Option<String>,
    /// Its name under the new ones.
    pub(super) new: Option<String>,
}

impl MappingPair {
    /// Matches by name, then what says the same under another one; the new rules' order, then what is gone.
    pub(super) fn all(old: &MappingSet, new: &MappingSet) -> Vec<Self> {
        let old: Vec<(&str, String)> = old.names().zip(old.bodies()).collect();
        let new: Vec<(&str, String)> = new.names().zip(new.bodies()).collect();
        let named = |list: &[(&str, String)], name: &str| list.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let mut taken: Vec<&str> = Vec::new();
        let mut pairs = Vec::new();
        for (name, body) in &new {
            let same = old.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            let renamed = || old.iter().find(|(other, other_body)| other_body == body && !named(&new, other) && !taken.contains(other));
            let found = same.or_else(renamed).map(|(other, _)| *other);
            taken.extend(found);
            pairs.push(Self { old: found.map(str::to_owned), new: Some((*name).to_owned()) });
        }
        let gone = old.iter().filter(|(name, _)| !taken.contains(name));
        pairs.extend(gone.map(|(name, _)| Self { old: Some((*name).to_owned()), new: None }));
        pairs
    }

    /// The name to call it by.
    pub(super) fn name(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or_default()
    }

    /// `renamed`, `added` or `removed`; none where it is in both under one name.
    pub(super) fn status(&self) -> Option<&'static str> {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => (old != new).then_some("renamed"),
            (None, _) => Some("added"),
            (Some(_), None) => Some("removed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::QueryText;

    fn set(text: &str) -> MappingSet {
        MappingSet::parse(vec![QueryText { path: "m.sql".to_owned(), text: text.to_owned() }]).0
    }

    #[test]
    fn mappings_are_matched_by_name_then_by_what_they_say() {
        let old =
            set("CREATE MAPPING a AS SELECT * FROM s.t; CREATE MAPPING b AS SELECT * FROM s.u; CREATE MAPPING gone AS SELECT id FROM s.v;");
        let new =
            set("CREATE MAPPING c AS select * from s.u; CREATE MAPPING A AS SELECT * FROM s.x; CREATE MAPPING fresh AS SELECT * FROM s.w;");
        let pairs = MappingPair::all(&old, &new);
        let said: Vec<_> = pairs.iter().map(|pair| (pair.old.as_deref(), pair.new.as_deref(), pair.status())).collect();
        let expected = [
            (Some("b"), Some("c"), Some("renamed")),
            (Some("a"), Some("A"), Some("renamed")),
            (None, Some("fresh"), Some("added")),
            (Some("gone"), None, Some("removed")),
        ];
        assert_eq!(said, expected);
    }
}
