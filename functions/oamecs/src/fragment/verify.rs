//! Checks the finished template, so that what is wrong with it is said here and not by a stack that rolls back.
//!
//! In: the fragment and which of its resources are generated. Out: errors: limits exceeded, references of generated
//! resources to what is not there, resources that wait for each other, ids that are none, and what should have been
//! replaced and was not; and advice about what is [`exposed`].

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::Spliced;
use super::cycle::cycles;
use super::exposed;
use super::find::{is_ours, type_of};
use super::limits::{ID_LENGTH, Limits};
use super::references::References;
use super::spliced::Entry;
use crate::cloudformation::{LogicalId, Survey};
use crate::diagnostic::{Diagnostics, Origin};

/// Checks a finished template. Without declarations it is the author's alone, and nothing is checked.
///
/// What others will add to is not judged: references that lead nowhere pass while the template holds resources of other
/// macros (`AWS::Serverless::…`), modules or `Fn::ForEach`.
pub fn verify(spliced: &Spliced, diagnostics: &mut Diagnostics) {
    let Spliced { fragment, resources, declared, refused: _ } = spliced;
    if declared.is_empty() {
        return;
    }
    let mut limits = Limits::default();
    let mut references = References::of(spliced);
    let mut edges = Vec::with_capacity(resources.len());
    let mut complete = true;
    for (id, entry) in resources {
        edges.push(references.entry(id.as_str(), entry));
        match entry {
            Entry::Generated(resource) => {
                limits.resource(id.as_str(), resource, diagnostics);
                well_formed(id.as_str(), resource.origin, diagnostics);
            }
            Entry::Author(resource, _) => complete &= !makes_more(id.as_str(), resource),
        }
    }
    if let Some(section) = fragment.get("Outputs") {
        for (reference, _) in Survey::of(section).references() {
            references.left_over("Outputs", reference);
        }
    }
    references.report(complete, diagnostics);
    let is_generated = |node| matches!(resources.get_index(node), Some((_, Entry::Generated(_))));
    for cycle in cycles(&edges, is_generated) {
        circle(&cycle, resources, diagnostics);
    }
    limits.finish(resources.len(), fragment, diagnostics);
    exposed::advise(spliced, diagnostics);
}

fn well_formed(id: &str, origin: Origin, diagnostics: &mut Diagnostics) {
    if id.len() > ID_LENGTH {
        diagnostics
            .error(
                origin,
                format!("the logical id `{id}` has {} characters, and at most {ID_LENGTH} are possible", id.len()),
            )
            .fix("give the declaration, or what is named in it, a shorter name");
    } else if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        diagnostics
            .error(origin, format!("`{id}` is no logical id, which has letters and digits only"))
            .fix("name the declaration with letters and digits");
    }
}

fn circle(cycle: &[usize], resources: &IndexMap<LogicalId, Entry>, diagnostics: &mut Diagnostics) {
    let members: Vec<(&LogicalId, &Entry)> = cycle.iter().filter_map(|node| resources.get_index(*node)).collect();
    let Some((_, Entry::Generated(first))) = members.first() else { return };
    let chain: Vec<String> = members.iter().chain(members.first()).map(|(id, _)| format!("`{id}`")).collect();
    let fix = match members.iter().find(|(_, entry)| matches!(entry, Entry::Author(..))) {
        None => "take one of the references or `depends_on` between them out".to_owned(),
        Some((id, _)) => format!("take a reference or `DependsOn` of `{id}` out, or what refers to it in the document"),
    };
    diagnostics.error(first.origin, format!("resources would wait for each other: {}", chain.join(" → "))).fix(fix);
}

/// Whether others will make more resources of this one: other macros, modules, loops.
pub(super) fn makes_more(id: &str, resource: &Json) -> bool {
    if id.starts_with("Fn::") {
        return true;
    }
    type_of(resource).is_none_or(|name| {
        let native = name.starts_with("AWS::") || name.starts_with("Custom::") || is_ours(name);
        !native || name.starts_with("AWS::Serverless::") || name.ends_with("::MODULE")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, json};

    use super::*;
    use crate::cloudformation::Written;
    use crate::diagnostic::{Origins, Root, render};
    use crate::fragment::attributes::names;
    use crate::fragment::splice::tests::object;
    use crate::fragment::spliced::Generated;

    /// Resources whose ids start with `Shop` are generated.
    fn run(fragment: Json) -> Vec<String> {
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let shop = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let mut fragment = object(fragment);
        let mut resources = IndexMap::new();
        for (id, resource) in object(std::mem::take(&mut fragment["Resources"])) {
            let entry = if id.starts_with("Shop") {
                Entry::Generated(Box::new(generated(origins.key(shop, &id), resource)))
            } else {
                Entry::Author(resource.clone(), Survey::of(&resource))
            };
            resources.insert(LogicalId::of_author(&id), entry);
        }
        let declared = BTreeSet::from(["Shop".to_owned()]);
        let spliced = Spliced { fragment, resources, declared, refused: BTreeSet::new() };
        verify(&spliced, &mut diagnostics);
        spliced.measure(&mut diagnostics);
        render(&diagnostics, &origins).iter().map(ToString::to_string).collect()
    }

    fn generated(origin: Origin, mut resource: Json) -> Generated {
        let mut text = |key: &str| resource[key].take().as_str().map(str::to_owned);
        Generated {
            owner: "Shop".to_owned(),
            origin,
            on_demand: None,
            kind: text("Type").unwrap_or_default().leak(),
            condition: text("Condition"),
            depends_on: names(resource["DependsOn"].take())
                .iter()
                .flatten()
                .map(|id| LogicalId::of_author(id))
                .collect(),
            deletion_policy: None,
            update_replace_policy: None,
            attributes: Map::new(),
            properties: Written::from(&resource["Properties"].take().as_object().cloned().unwrap_or_default()),
            metadata: Map::new(),
            beside: Survey::default(),
            role: String::new(),
            source: "".into(),
        }
    }

    fn resources(resources: &Json) -> Vec<String> {
        run(json!({"Parameters": {"Tag": {}}, "Conditions": {"IsProd": {}}, "Resources": resources}))
    }

    fn many(count: usize, kind: &str, properties: &Json) -> Json {
        (0..count)
            .map(|index| (format!("ShopR{index}"), json!({"Type": kind, "Properties": properties})))
            .collect::<Map<_, _>>()
            .into()
    }

    #[test]
    fn what_is_right_passes() {
        for case in [
            json!({}),
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Ref": "Tag"}, "b": {"Ref": "AWS::Region"}, "c": {"Fn::Sub": "${Tag}${AWS::Region}${ShopB.Arn}"}},
                "DependsOn": ["ShopB"], "Condition": "IsProd"}, "ShopB": {"Type": "B"}}),
            // The author's own references are CloudFormation's to check.
            json!({"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"a": {"Ref": "Nothing"}}}}),
            // Others make more resources.
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Ref": "FnRole"}}}, "Fn": {"Type": "AWS::Serverless::Function"}}),
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Ref": "Xa"}}}, "Fn::ForEach::X": []}),
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Ref": "Xa"}}}, "X": {"Type": "Boto3::S3"}}),
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Ref": "Xa"}}}, "X": {"Type": "My::S3::Bucket::MODULE"}}),
            // What an `Fn::If` decides about is no certain circle.
            json!({"ShopA": {"Type": "A", "Properties": {"a": {"Fn::If": ["IsProd", {"Ref": "ShopB"}, 1]}}}, "ShopB": {"Type": "B", "DependsOn": "ShopA"}}),
            // A circle of the author's own.
            json!({"A": {"Type": "A", "DependsOn": "B"}, "B": {"Type": "B", "DependsOn": "A"}}),
        ] {
            assert_eq!(resources(&case), Vec::<String>::new(), "{case}");
        }
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        let a = |properties: Json| json!({"ShopA": {"Type": "AWS::ECS::Service", "Properties": properties}, "Queue": {"Type": "AWS::SQS::Queue"}});
        for (case, text) in [
            (
                a(json!({"a": {"Ref": "Quee"}})),
                "ShopA: `ShopA` would refer to `Quee`, which is neither a resource nor a parameter of the template. Fix: did you mean `Queue`?",
            ),
            (
                a(json!({"a": {"Fn::Sub": "${Other.Arn}"}})),
                "`ShopA` would refer to `Other`, which is no resource of the template. Fix: add it",
            ),
            (
                a(json!({"a": {"Fn::If": ["IsProt", 1, 2]}})),
                "under the condition `IsProt`, which the template does not have. Fix: did you mean `IsProd`?",
            ),
            (
                a(json!({"a": {"Fn::GetAtt": ["Shop", "Url"]}})),
                "`ShopA` refers to `Shop` in a way that this macro does not follow",
            ),
            (
                a(json!({"LoadBalancers": [1, 2, 3, 4, 5, 6]})),
                "ShopA: `ShopA` has 6 target groups, and at most 5 are possible. Fix: publish fewer ports",
            ),
            (
                a(json!({"NetworkConfiguration": {"AwsvpcConfiguration": {"SecurityGroups": [1, 2, 3, 4, 5, 6]}}})),
                "`ShopA` has 6 security groups, and at most 5 are possible",
            ),
            (many(501, "A", &json!({})), "the finished template has 501 resources, and at most 500 are possible"),
            (many(1, "A", &json!({"a": "x".repeat(1_000_000)})), "bytes, and at most 1000000 are possible"),
            (
                many(1, "AWS::ECS::TaskDefinition", &json!({"a": "x".repeat(70_000)})),
                "`ShopR0` has 70008 bytes, and at most 65536 are possible",
            ),
            (
                many(
                    1,
                    "AWS::ECS::TaskDefinition",
                    &json!({"ContainerDefinitions": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}),
                ),
                "has 11 containers",
            ),
            (
                many(
                    1,
                    "AWS::ElasticLoadBalancingV2::ListenerRule",
                    &json!({"Conditions": [
                    {"Field": "path-pattern", "PathPatternConfig": {"Values": [1, 2, 3]}}, {"HostHeaderConfig": {"Values": [1, 2, 3]}}]}),
                ),
                "`ShopR0` has 6 values in its conditions, and at most 5 are possible",
            ),
            (
                many(52, "AWS::ElasticLoadBalancingV2::Listener", &json!({"LoadBalancerArn": {"Ref": "AWS::Region"}})),
                "ShopR51: what `ShopR51` belongs to has 52 listeners, and at most 50 are possible unless the quota of the account was raised",
            ),
            (json!({"Shop-A": {"Type": "A"}}), "`Shop-A` is no logical id"),
            (
                json!({"S".repeat(256).replacen("SSSS", "Shop", 1): {"Type": "A"}}),
                "has 256 characters, and at most 255 are possible",
            ),
            (
                json!({"ShopA": {"Type": "A", "DependsOn": "Queue"}, "ShopB": {"Type": "A", "Properties": {"a": {"Ref": "ShopA"}}},
                    "Queue": {"Type": "A", "Properties": {"a": {"Fn::GetAtt": "ShopB.Arn"}}}}),
                "resources would wait for each other: `ShopA` → `Queue` → `ShopB` → `ShopA`. Fix: take a reference or `DependsOn` of `Queue` out",
            ),
            (
                json!({"ShopA": {"Type": "A", "DependsOn": "X"}, "ShopB": {"Type": "A", "DependsOn": ["X"]}}),
                "`ShopA` and another resource would refer to `X`, which is no resource of the template",
            ),
        ] {
            let lines = resources(&case);
            assert_eq!(lines.len(), 1, "{text}: {lines:?}");
            assert!(lines[0].contains(text), "{text}: {lines:?}");
        }
        let lines = run(json!({"Resources": {}, "Outputs": {"A": {"Value": {"Fn::GetAtt": ["Shop", "Url"]}}}}));
        assert!(lines[0].contains("`Outputs` refers to `Shop` in a way"), "{lines:?}");
    }
}
