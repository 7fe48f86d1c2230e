//! Names that lead nowhere or in a circle.
//!
//! CloudFormation refuses such a template as a whole, after the macro has answered, with a message that names none
//! of the author's lines (CloudFormation User Guide, "Intrinsic function reference" and "`DependsOn` attribute").

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::reference::{PSEUDO_PARAMETERS, named, references};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{elements, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("reference-exists", reference_exists),
    Rule::new("reference-always-there", reference_always_there),
    Rule::new("depends-on-exists", depends_on_exists),
    Rule::new("condition-exists", condition_exists),
    Rule::new("mapping-exists", mapping_exists),
    Rule::new("no-cycle", no_cycle),
    Rule::new("nothing-left-to-expand", nothing_left_to_expand),
    Rule::new("logical-id-alphanumeric", logical_id_alphanumeric),
];

fn section<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    part(document, name).as_object().into_iter().flatten().map(|(id, entry)| (id.as_str(), entry))
}

fn names<'a>(document: &'a Value, name: &str) -> BTreeSet<&'a str> {
    section(document, name).map(|(id, _)| id).collect()
}

/// Every `Ref`, `Fn::GetAtt` and `Fn::Sub` names a parameter, a pseudo parameter or a resource, in all branches of
/// all conditions, in resources, outputs and conditions.
fn reference_exists(template: &Template<'_>, report: &mut Report) {
    let parameters = names(template.whole, "Parameters");
    let resources = names(template.whole, "Resources");
    let mut check = |holder: &str, value: &Value, may_name_resources: bool| {
        for target in references(value) {
            let resource = may_name_resources && (resources.contains(target.id) || template.unfinished());
            let value = target.attribute.is_none()
                && (parameters.contains(target.id) || PSEUDO_PARAMETERS.contains(&target.id));
            if !resource && !value {
                report.add(holder, format!("{} is neither a parameter nor a resource of this template", target.id));
            }
        }
    };
    for (id, resource) in section(template.whole, "Resources") {
        check(id, resource, true);
    }
    for (id, output) in section(template.whole, "Outputs") {
        check(id, output, true);
    }
    for (id, condition) in section(template.whole, "Conditions") {
        check(id, condition, false);
    }
}

/// What names a conditional resource is itself only there when that resource is.
fn reference_always_there(template: &Template<'_>, report: &mut Report) {
    let all = names(template.whole, "Resources");
    let here = names(template.document, "Resources");
    let holders = section(template.document, "Resources").map(|(id, resource)| (id, part(resource, "Properties")));
    for (id, value) in holders.chain(section(template.document, "Outputs")) {
        for target in named(value) {
            if all.contains(target) && !here.contains(target) {
                report.add(id, format!("{target} does not exist under all conditions under which this exists"));
            }
        }
    }
}

/// `DependsOn` names resources.
fn depends_on_exists(template: &Template<'_>, report: &mut Report) {
    let resources = names(template.whole, "Resources");
    for (id, resource) in section(template.whole, "Resources") {
        for name in elements(resource, "DependsOn").known {
            if !name.as_str().is_some_and(|name| resources.contains(name)) && !template.unfinished() {
                report.add(id, format!("depends on {name}, which is no resource of this template"));
            }
        }
    }
}

/// `Condition` and `Fn::If` name conditions.
fn condition_exists(template: &Template<'_>, report: &mut Report) {
    let conditions = names(template.whole, "Conditions");
    for part_of_template in ["Resources", "Outputs", "Conditions"] {
        for (id, entry) in section(template.whole, part_of_template) {
            let mut wanted = BTreeSet::new();
            wanted.extend(text(entry, "Condition"));
            walk(entry, &mut |object| {
                wanted.extend(elements(object, "Fn::If").known.first().and_then(|name| name.as_str()));
                if part_of_template == "Conditions" {
                    wanted.extend(text(object, "Condition"));
                }
            });
            for name in wanted.difference(&conditions) {
                report.add(id, format!("{name} is no condition of this template"));
            }
        }
    }
}

/// `Fn::FindInMap` names mappings.
fn mapping_exists(template: &Template<'_>, report: &mut Report) {
    let mappings = names(template.whole, "Mappings");
    for part_of_template in ["Resources", "Outputs", "Conditions"] {
        for (id, entry) in section(template.whole, part_of_template) {
            walk(entry, &mut |object| {
                let name = elements(object, "Fn::FindInMap").known.first().and_then(|name| name.as_str());
                if let Some(name) = name.filter(|name| !mappings.contains(name)) {
                    report.add(id, format!("{name} is no mapping of this template"));
                }
            });
        }
    }
}

fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| walk(item, visit)),
        Value::Object(object) => {
            visit(value);
            object.values().for_each(|item| walk(item, visit));
        }
        _ => {}
    }
}

/// No resource waits for itself, by reference or by `DependsOn`.
fn no_cycle(template: &Template<'_>, report: &mut Report) {
    for resource in template.resources() {
        if template.comes_after(resource.id, resource.id) {
            let others: Vec<_> = template
                .resources()
                .map(|other| other.id)
                .filter(|other| template.comes_after(resource.id, other) && template.comes_after(other, resource.id))
                .collect();
            // Once for the whole circle.
            if others.first() == Some(&resource.id) {
                report.add(resource.id, format!("these wait for each other: {}", others.join(", ")));
            }
        }
    }
}

/// No pseudo resource and no `Transform` of ours is left: macro output is not expanded again (CloudFormation User
/// Guide, "Perform custom processing with template macros").
fn nothing_left_to_expand(template: &Template<'_>, report: &mut Report) {
    for resource in template.resources() {
        if resource.kind.starts_with("OamEcs::") {
            report.add(resource.id, format!("{} is left over", resource.kind));
        }
    }
    if elements(template.whole, "Transform").known.into_iter().any(|name| name == "OamEcs") {
        report.add("Transform", "the macro would be called again");
    }
}

/// Logical ids of resources and outputs are letters and digits.
fn logical_id_alphanumeric(template: &Template<'_>, report: &mut Report) {
    for part_of_template in ["Resources", "Outputs"] {
        for id in names(template.whole, part_of_template) {
            let good = !id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric());
            if !good && !id.starts_with("Fn::") {
                report.add(id, "a logical id has nothing but letters and digits");
            }
        }
    }
}
