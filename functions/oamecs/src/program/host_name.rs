//! Names under which workloads can be found.

/// Whether DNS takes a name: labels of up to 63 letters, digits, hyphens and underscores, with dots between them.
pub fn is_host_name(name: &str) -> bool {
    let is_inner = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    let is_outer = |character: char| character.is_ascii_alphanumeric() || character == '_';
    name.len() <= 127
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(is_inner)
                && label.starts_with(is_outer)
                && label.ends_with(is_outer)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_host_names() {
        for name in ["web", "my_db", "a-b", "1", "web.api", "_x"] {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["", "-a", "a-", "a..b", "a b", "ü", &"a".repeat(64)] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
