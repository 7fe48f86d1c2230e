//! Descriptions of security groups and of their rules.
//!
//! The description of a group can only be set when it is made: a changed one replaces the group, under running tasks.
//! Sources: EC2 API Reference, `CreateSecurityGroup`; checkov `CKV_AWS_23`.

use super::{Report, Rule};
use crate::verifier::reading::group::{KIND, ingress};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("group-described", group_described),
    Rule::new("group-description-stable", group_description_stable),
    Rule::new("group-description-letters", group_description_letters),
];

/// Our groups and all of their rules say what they are for.
fn group_described(template: &Template<'_>, report: &mut Report) {
    for group in template.of(KIND).filter(|group| group.ours()) {
        let description = part(group.properties, "GroupDescription");
        if description.is_null() || description.as_str().is_some_and(|text| text.trim().is_empty()) {
            report.add(group.id, "has no description");
        }
    }
    for rule in ingress(template).into_iter().filter(|rule| rule.holder.ours()) {
        if absent(rule.rule, "Description") {
            report.add(rule.holder.id, format!("a rule of {} has no description", rule.group));
        }
    }
}

/// Our descriptions hold nothing that changes: no function, and no generated id but what the logical id itself holds.
fn group_description_stable(template: &Template<'_>, report: &mut Report) {
    for group in template.of(KIND).filter(|group| group.ours()) {
        let description = part(group.properties, "GroupDescription");
        if !description.is_null() && !description.is_string() {
            report.add(group.id, format!("its description changes with {}", shape(description)));
            continue;
        }
        let words = description.as_str().unwrap_or_default().split(|letter: char| !letter.is_ascii_alphanumeric());
        let id = group.id.to_lowercase();
        for word in words.filter(|word| generated(word) && !id.contains(&word.to_lowercase())) {
            report.add(group.id, format!("its description holds {word}, which looks generated"));
        }
    }
}

/// Eight or more hexadecimal digits of both kinds.
fn generated(word: &str) -> bool {
    word.len() >= 8
        && word.chars().all(|letter| letter.is_ascii_hexdigit())
        && word.chars().any(|letter| letter.is_ascii_digit())
        && word.chars().any(|letter| letter.is_ascii_alphabetic())
}

/// EC2 takes some letters only, and 255 of them.
fn group_description_letters(template: &Template<'_>, report: &mut Report) {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(letter);
    let good = |text: &str| text.len() <= 255 && text.chars().all(allowed);
    for group in template.of(KIND) {
        if text(group.properties, "GroupDescription").is_some_and(|text| !good(text)) {
            report.add(group.id, "EC2 does not take its description");
        }
    }
    for rule in ingress(template) {
        if text(rule.rule, "Description").is_some_and(|text| !good(text)) {
            report.add(rule.holder.id, format!("EC2 does not take the description of a rule of {}", rule.group));
        }
    }
}
