//! The variables that a text cannot do without.

use super::template::{Part, Rule, parse};

/// The variables of `text` that must be given a value: those without a default, and those that defaults need. In order, each
/// as often as it stands there; nothing where the notation is broken, which loading reports.
pub fn needed_variables(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    collect(&parse(text).unwrap_or_default(), &mut names);
    names
}

fn collect(parts: &[Part], names: &mut Vec<String>) {
    for part in parts {
        let Part::Variable(variable) = part else { continue };
        match &variable.rule {
            // Every document has this one.
            Rule::Value | Rule::Required(..) if variable.name == "COMPOSE_PROJECT_NAME" => {}
            Rule::Value | Rule::Required(..) => names.push(variable.name.clone()),
            Rule::Default(_, default) => collect(default, names),
            // Unset, the variable turns to nothing, and the alternative is not looked at.
            Rule::Alternative(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::needed_variables;

    #[test]
    fn what_has_a_default_is_not_needed() {
        let text = "$A ${B:?no b} ${C:-c} ${D-${E}} ${F:+${G}} $${H} ${COMPOSE_PROJECT_NAME}";
        assert_eq!(needed_variables(text), ["A", "B", "E"]);
        assert_eq!(needed_variables("${"), Vec::<String>::new());
    }
}
