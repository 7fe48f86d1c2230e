//! Names in messages: the one that was meant, or those that there are.

/// The most bytes of a text for which a suggestion is looked for.
const COMPARED_LENGTH: usize = 100;
/// The most candidates that are looked at.
const CANDIDATES: usize = 500;
/// The most of them that are compared letter by letter: those with the most letters in common.
const COMPARED: usize = 20;
/// How many names a message lists.
const LISTED: usize = 12;

/// The candidate that `text` was most likely meant to be, if one is near. Bounded, as there may be thousands of mistakes
/// among thousands of names.
pub fn suggestion<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > COMPARED_LENGTH {
        return None;
    }
    nearest(text, candidates.into_iter().take(CANDIDATES).collect())
}

/// Apart from [`suggestion`], so that there is one for all kinds of iterators.
fn nearest<'a>(text: &str, candidates: Vec<&'a str>) -> Option<&'a str> {
    let text = text.to_ascii_lowercase();
    let letters = Letters::of(&text);
    let allowed = |candidate: &str| 1 + candidate.len() / 4;
    let distance = |candidate: &str| strsim::damerau_levenshtein(&text, &candidate.to_ascii_lowercase());
    let rough = candidates.into_iter().filter(|candidate| candidate.len() <= COMPARED_LENGTH);
    let rough = rough.map(|candidate| (letters.clone().distance(candidate), candidate));
    let mut near: Vec<_> = rough.filter(|(distance, candidate)| *distance <= allowed(candidate)).collect();
    near.sort_by_key(|(distance, _)| *distance);
    let compared = near.into_iter().take(COMPARED).map(|(_, candidate)| (distance(candidate), candidate));
    let (distance, best) = compared.min_by_key(|(distance, _)| *distance)?;
    (distance <= allowed(best)).then_some(best)
}

/// How often a text has each ASCII character, which tells cheaply that two texts are far from each other.
#[derive(Clone)]
struct Letters {
    counts: [u8; 128],
    total: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { counts: [0; 128], total: 0 };
        for byte in text.bytes() {
            if let Some(count) = letters.counts.get_mut(usize::from(byte)) {
                *count += 1;
                letters.total += 1;
            }
        }
        letters
    }

    /// The fewest characters to add, remove or replace that could make the other text of this one; it may take more.
    fn distance(mut self, other: &str) -> usize {
        let (mut total, mut common) = (0, 0);
        for byte in other.bytes() {
            if let Some(count) = self.counts.get_mut(usize::from(byte.to_ascii_lowercase())) {
                total += 1;
                if *count > 0 {
                    *count -= 1;
                    common += 1;
                }
            }
        }
        total.max(self.total) - common
    }
}

/// The same as [`list`], but of many names only the first: `` `a`, `b` and 7 more ``
pub(crate) fn list_some(names: &[&str]) -> String {
    match names.get(..LISTED) {
        Some(first) if names.len() > LISTED => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and {} more", first.join(", "), names.len() - LISTED)
        }
        _ => list(names),
    }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        [only] => format!("`{only}`"),
        [init @ .., last] => {
            let init: Vec<String> = init.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and `{last}`", init.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{list, list_some, suggestion};

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(suggestion("prots", ["image", "ports", "port"]), Some("ports"));
        assert_eq!(suggestion("DOCUMENT", ["Document"]), Some("Document"));
        assert_eq!(suggestion("replicas", ["image"]), None);
        assert_eq!(suggestion(&"a".repeat(1000), ["a"]), None);
        assert_eq!(suggestion("cafe", ["café"]), Some("café"));
    }

    #[test]
    fn many_mistakes_among_many_names_take_no_time() {
        let names: Vec<String> = (0..10_000).map(|index| format!("service-{index}")).collect();
        for mistake in names.iter().take(500) {
            suggestion(mistake, names.iter().rev().map(String::as_str));
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert!(list_some(&["a"; 20]).ends_with("`a` and 8 more"));
    }
}
