//! What a person who mistyped a command word may have meant.

use super::COMMANDS;

/// Longer words are nobody's slip of the finger, and would only cost time.
const LONGEST: usize = 40;

pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    if word.len() > LONGEST {
        return None;
    }
    let (distance, name) = COMMANDS
        .iter()
        .flat_map(|spec| spec.words().map(move |known| (known, spec.name)))
        .map(|(known, name)| (distance(&word, &known.to_ascii_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= 3 && distance * 2 < word.len()).then_some(name)
}

/// Insertions, deletions and replacements that turn one word into the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.bytes().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            before = replaced.min(before + 1).min(diagonal + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn counts_single_letter_changes() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_slip_of_the_finger_finds_the_command() {
        assert_eq!(nearest("MakeRedy"), Some("MakeReady"));
        assert_eq!(nearest("SCHEDULECALLBAK"), Some("SHCEDULECALLBACK"));
        assert_eq!(nearest("Xyz"), None);
        assert_eq!(nearest(""), None);
    }
}
