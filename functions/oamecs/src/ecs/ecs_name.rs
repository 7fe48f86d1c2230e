//! Names of containers and volumes within a task: letters, digits, hyphens and underscores
//! ([API](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html)).

use crate::cloudformation::logical_id::hash;

/// The name that ECS takes for what a document calls `name`. One with other characters carries a hash of itself, so that
/// two names never meet.
pub(super) fn ecs_name(name: &str) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.chars().all(is_allowed) {
        return name.to_owned();
    }
    let allowed: String = name.chars().map(|character| if is_allowed(character) { character } else { '-' }).collect();
    format!("{}-{}", allowed.trim_start_matches('-'), hash(name).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::ecs_name;

    #[test]
    fn only_other_names_are_changed() {
        assert_eq!(ecs_name("web_1-a"), "web_1-a");
        assert!(ecs_name("web.api").starts_with("web-api-"));
        assert!(ecs_name("./data").starts_with("data-"));
        assert_ne!(ecs_name("a.b"), ecs_name("a b"));
    }
}
