//! Accounts, partitions, regions and zones are not written down: the same template works in all of them.
//!
//! What an author wrote comes through as it is: images, variables, commands, labels, and everything that stands in
//! the source when that is known. Source: CloudFormation User Guide, "Pseudo parameters reference".

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::task::{Task, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{part, shape};

pub(super) const RULES: &[Rule] = &[
    Rule::new("no-literal-partition", no_literal_partition),
    Rule::new("no-literal-account", no_literal_account),
    Rule::new("no-literal-region", no_literal_region),
];

/// Properties that are the author's own words.
const AUTHORS: [&str; 9] =
    ["Command", "Description", "DockerLabels", "EntryPoint", "Environment", "Image", "MessageBody", "Metadata", "Tags"];

/// What the generated part of a template says, without the author's own words.
fn each(template: &Template<'_>, mut visit: impl FnMut(&str, &str)) {
    for resource in template.resources().filter(|resource| resource.ours()) {
        texts(resource.properties, &mut |text| visit(resource.id, text));
    }
    for (id, output) in part(template.document, "Outputs").as_object().into_iter().flatten() {
        texts(part(output, "Value"), &mut |text| visit(id, text));
    }
}

fn texts<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(list) => list.iter().for_each(|item| texts(item, visit)),
        Value::Object(object) => {
            for (_, item) in object.iter().filter(|(key, _)| !AUTHORS.contains(&key.as_str())) {
                texts(item, visit);
            }
        }
        _ => {}
    }
}

/// Whether an account or a region is the author's: in the source, or in an image, from where it comes into grants.
fn authors(template: &Template<'_>, word: &str) -> bool {
    let in_image = |task: Task<'_>| {
        task.containers().known.iter().any(|container| shape(part(container.0, "Image")).contains(word))
    };
    template.author.wrote(word) || tasks(template).any(in_image)
}

/// An ARN takes its partition from `${AWS::Partition}`.
fn no_literal_partition(template: &Template<'_>, report: &mut Report) {
    each(template, |id, text| {
        // A secret's ARN may be followed by the key that is read: `ARN:key::`.
        let arn = text.strip_suffix("::").and_then(|text| text.rsplit_once(':')).map_or(text, |(arn, _)| arn);
        if text.contains("arn:aws") && !template.author.wrote(arn) {
            report.add(id, format!("{text} holds in one partition only"));
        }
    });
}

/// No account number stands alone, in an ARN or in the name of a registry.
fn no_literal_account(template: &Template<'_>, report: &mut Report) {
    each(template, |id, text| {
        let is_account = |word: &str| word.len() == 12 && word.chars().all(|digit| digit.is_ascii_digit());
        let mut words = text.split([':', '/', '.']);
        if words.any(|word| is_account(word) && !authors(template, word)) {
            report.add(id, format!("{text} holds in one account only"));
        }
    });
}

/// No region and no availability zone.
fn no_literal_region(template: &Template<'_>, report: &mut Report) {
    each(template, |id, text| {
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        if words.any(|word| is_region(word) && !authors(template, word)) {
            report.add(id, format!("{text} holds in one region only"));
        }
    });
}

/// Such as `eu-central-1`, `us-gov-west-1` or `ap-northeast-1a`.
fn is_region(word: &str) -> bool {
    let areas = ["af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us"];
    let directions = ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];
    let pieces: Vec<_> = word.split('-').collect();
    match pieces.as_slice() {
        [area, direction, number] | [area, "gov" | "iso" | "isob", direction, number] => {
            let digits = number.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
            let zone = number.len() - digits.len();
            areas.contains(area)
                && directions.contains(direction)
                && digits.len() == 1
                && digits.chars().all(|digit| digit.is_ascii_digit())
                && zone <= 1
        }
        _ => false,
    }
}
