//! What a role may do.

use serde_json::Value;

use super::reference::named;
use super::template::{Resource, Template};
use super::value::{elements, objects, part, shape, text};

/// The type of a role.
pub(crate) const KIND: &str = "AWS::IAM::Role";

const EXECUTION_POLICY: &str = "/AmazonECSTaskExecutionRolePolicy";
const EXECUTION_ACTIONS: [&str; 6] = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

/// The policy documents that a resource holds.
pub(crate) fn documents(resource: Resource<'_>) -> Vec<&Value> {
    match resource.kind {
        KIND => objects(resource.properties, "Policies")
            .known
            .into_iter()
            .map(|policy| part(policy, "PolicyDocument"))
            .collect(),
        "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" | "AWS::IAM::ManagedPolicy" => {
            vec![part(resource.properties, "PolicyDocument")]
        }
        _ => Vec::new(),
    }
}

/// The statements of all policy documents that a resource holds.
pub(crate) fn statements(resource: Resource<'_>) -> Vec<&Value> {
    documents(resource).into_iter().flat_map(|document| objects(document, "Statement").known).collect()
}

/// What a role is granted.
#[derive(Debug, Default)]
pub(crate) struct Grants<'a> {
    statements: Vec<&'a Value>,
    execution: bool,
    unknown: bool,
}

/// Collects what a role of the template is granted, in it and beside it.
pub(crate) fn grants<'a>(template: &Template<'a>, role: Resource<'a>) -> Grants<'a> {
    let mut grants = Grants { statements: statements(role), ..Grants::default() };
    let managed = elements(role.properties, "ManagedPolicyArns");
    grants.unknown = !managed.complete;
    for policy in managed.known {
        if let Some(policy) = template.named(policy, "AWS::IAM::ManagedPolicy") {
            grants.statements.extend(statements(policy));
        } else if shape(policy).ends_with(EXECUTION_POLICY) {
            grants.execution = true;
        } else {
            grants.unknown = true;
        }
    }
    for policy in template.resources() {
        let holders = match policy.kind {
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => part(policy.properties, "Roles"),
            "AWS::IAM::RolePolicy" => part(policy.properties, "RoleName"),
            _ => continue,
        };
        if named(holders).contains(role.id) {
            grants.statements.extend(statements(policy));
        }
    }
    grants
}

impl<'a> Grants<'a> {
    /// Whether an action is granted on a resource, or may be by a policy that the template does not hold.
    pub(crate) fn allow(&self, template: &Template<'_>, action: &str, wanted: &Value) -> bool {
        self.unknown
            || (self.execution && EXECUTION_ACTIONS.contains(&action))
            || self.of(action).any(|statement| {
                let resources = elements(statement, "Resource");
                // NotResource is not read: silent.
                part(statement, "Resource").is_null()
                    || resources.known.into_iter().any(|given| covers(template, given, wanted))
            })
    }

    /// Whether a policy that the template does not hold may grant more.
    pub(crate) fn unknown(&self) -> bool {
        self.unknown
    }

    /// Whether it is what AWS gives execution roles.
    pub(crate) fn execution(&self) -> bool {
        self.execution
    }

    /// The statements that allow an action.
    pub(crate) fn of(&self, action: &str) -> impl Iterator<Item = &'a Value> {
        self.statements.iter().copied().filter(move |statement| {
            text(statement, "Effect") == Some("Allow")
                && (!part(statement, "NotAction").is_null()
                    || elements(statement, "Action")
                        .known
                        .into_iter()
                        .any(|given| given.as_str().is_none_or(|given| matches(given, action))))
        })
    }
}

/// Whether the resource of a statement is the wanted one, as far as can be known.
fn covers(template: &Template<'_>, given: &Value, wanted: &Value) -> bool {
    let (pattern, text) = (shape(given), shape(wanted));
    // A function that says nothing of what it gives, such as Fn::ImportValue.
    if pattern.starts_with('{') || text.starts_with('{') || matches(&pattern, &text) {
        return true;
    }
    let wanted_ids = named(wanted);
    if !wanted_ids.is_empty() {
        // What a parameter stands for is not known.
        let known = wanted_ids.iter().any(|id| template.get(id).is_some());
        return !known || !wanted_ids.is_disjoint(&named(given));
    }
    let (name, pattern) = (text.trim_start_matches('/'), pattern.trim_end_matches('*'));
    pattern.contains(name) || text.starts_with(pattern)
}

/// Whether a text fits a pattern with `*` and `?`, as IAM compares them: case of actions does not count.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    fits(&pattern, &text)
}

fn fits(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            fits(rest, text) || text.split_first().is_some_and(|(_, shorter)| fits(pattern, shorter))
        }
        (Some((wanted, rest)), Some((given, shorter))) => (*wanted == '?' || wanted == given) && fits(rest, shorter),
        _ => false,
    }
}
