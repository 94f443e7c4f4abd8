//! Statements with which a proxy loses a connection.

/// A statement, by words in it, with which a connection is lost, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) words: String,
    pub(crate) moment: Moment,
    /// How many such statements pass before.
    pub(crate) passing: usize,
}

/// When the connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The statement does not arrive.
    Sent,
    /// It is carried out, and the answer does not arrive.
    Answered,
}

/// Whether the connection is lost with this packet; that loss is done then.
pub(crate) fn take_loss(losses: &mut Vec<Loss>, packet: &[u8]) -> Option<Moment> {
    if losses.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(packet);
    let index = losses.iter().position(|loss| text.contains(&loss.words))?;
    match losses[index].passing.checked_sub(1) {
        Some(left) => {
            losses[index].passing = left;
            None
        }
        None => Some(losses.remove(index).moment),
    }
}
