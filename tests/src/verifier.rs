//! A second opinion on a finished template: the mistakes that linters do not see.
//!
//! It shares no code with the compiler, on purpose: what both got wrong in the same way nobody would find. It reads
//! the template as Amazon ECS, Elastic Load Balancing and the others will, and reports what would make a deployment
//! fail, hang, lose data or open a door.
//!
//! A template with conditions is read once for each combination of them that parameters can bring about, so that no
//! rule has to know `Fn::If`. What any other function will give is unknown; a rule then says nothing instead of
//! guessing.
//!
//! What the compiler writes carries `Metadata.OamEcs`. A resource without it is its author's: the rules of the
//! services hold for it too, our own customs do not.

mod reading;
mod rules;

use std::collections::BTreeSet;

use serde_json::Value;

use self::reading::conditions;
use self::reading::template::{Author, Template};

/// One mistake in a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The logical id of the resource, or the section of the template, that has to change.
    pub resource: String,
    /// The rule that it breaks; [`rules`] lists them.
    pub rule: &'static str,
    /// What is wrong, and what would follow from it.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} [{}]: {}", self.resource, self.rule, self.message)
    }
}

/// Every mistake in a finished template, in a fixed order.
pub fn verify(template: &Value) -> Vec<Finding> {
    read(template, &Author::unknown())
}

/// Like [`verify`], for an expansion whose source is at hand.
///
/// What the author wrote himself, such as the full ARN of a secret or the name of a role, is not held against the
/// compiler; and what must come through an expansion unchanged is compared.
pub fn verify_expansion(source: &Value, template: &Value) -> Vec<Finding> {
    let mut findings = read(template, &Author::of(source));
    let mut report = Vec::new();
    rules::expansion::compare(source, template, &mut report);
    findings.extend(report);
    findings.sort();
    findings
}

/// The names of all rules, sorted.
pub fn rules() -> Vec<&'static str> {
    let mut names: Vec<_> = rules::all().map(|rule| rule.name).collect();
    names.extend(rules::expansion::NAMES);
    names.sort_unstable();
    names
}

fn read(template: &Value, author: &Author) -> Vec<Finding> {
    let mut findings = BTreeSet::new();
    for scenario in conditions::scenarios(template) {
        let reading = Template::new(template, &scenario, author);
        for rule in rules::all() {
            rule.apply(&reading, &mut findings);
        }
    }
    findings.into_iter().collect()
}
