//! Names of services, networks and volumes, which are keys of the document.

use super::super::Loader;
use crate::diagnostic::Origin;

/// Whether Compose takes a key of `services`, `networks` or `volumes`.
pub(in super::super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_in_name)
}

fn is_in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._-".contains(character)
}

/// The name with a hyphen for what stands between its parts; empty if nothing can be made of it.
fn name_near(name: &str) -> String {
    if !name.is_ascii() {
        return String::new();
    }
    let parts: Vec<&str> = name.split(|character| !is_in_name(character)).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

impl Loader<'_, '_, '_> {
    /// Checks a key of `services`, `networks` or `volumes`.
    pub(super) fn check_name(&mut self, name: &str, what: &str, origin: Origin) {
        if is_name(name) {
            return;
        }
        let near = name_near(name);
        let fix = match near.as_str() {
            "" => "use letters from a to z, digits, `.`, `_` and `-`".to_owned(),
            near => format!("write `{near}`, or other letters from a to z, digits, `.`, `_` and `-`"),
        };
        self.reader.diagnostics.error(origin, format!("`{name}` is no name for a {what}")).fix(fix);
    }
}
