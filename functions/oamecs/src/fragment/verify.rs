//! Checks the finished template, so that what is wrong with it is said here and not by a stack that rolls back.
//!
//! In: the fragment and which of its resources are generated. Out: its size, and errors: limits exceeded, references of
//! generated resources to what is not there, resources that wait for each other, ids that are none, and what should have
//! been replaced and was not.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use indexmap::IndexSet;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Spliced;
use super::cycle::cycles;
use super::find::{PREFIX, type_of};
use super::limits::{ID_LENGTH, INLINE_BYTES, Limits, TEMPLATE_BYTES};
use super::references::{Reference, each};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::suggestion;

/// How long the finished template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes of its compact JSON.
    pub bytes: usize,
}

impl Size {
    /// Whether a caller can send it along in a request, without a bucket: at most [`INLINE_BYTES`].
    pub fn fits_inline(self) -> bool {
        self.bytes <= INLINE_BYTES
    }

    /// Whether it is a template at all: at most [`TEMPLATE_BYTES`].
    pub fn fits(self) -> bool {
        self.bytes <= TEMPLATE_BYTES
    }
}

/// Checks a finished template, and measures it. Without declarations it is the author's alone and only measured.
///
/// What others will add to is not judged: references that lead nowhere pass while the template holds resources of other
/// macros (`AWS::Serverless::…`), modules or `Fn::ForEach`.
pub fn verify(spliced: &Spliced, diagnostics: &mut Diagnostics) -> Size {
    let Spliced { fragment, generated, declared } = spliced;
    let Some(Json::Object(resources)) = fragment.get("Resources").filter(|_| !declared.is_empty()) else {
        return Size { bytes: length(fragment) };
    };
    let mut limits = Limits::default();
    let mut check = Check {
        ids: resources.keys().map(String::as_str).collect(),
        parameters: fragment.get("Parameters").and_then(Json::as_object),
        conditions: fragment.get("Conditions").and_then(Json::as_object),
        declared,
        missing: BTreeMap::new(),
        left_over: BTreeMap::new(),
    };
    let mut bytes = punctuation(resources);
    let mut edges = Vec::with_capacity(resources.len());
    let mut complete = true;
    for (id, resource) in resources {
        let size = length(resource);
        bytes += length(id) + 1 + size;
        let origin = generated.get(id).copied();
        edges.push(check.resource(id, resource, origin));
        match origin {
            Some(origin) => {
                limits.resource(id, resource, size, origin, diagnostics);
                well_formed(id, origin, diagnostics);
            }
            None => complete &= !makes_more(id, resource),
        }
    }
    if let Some(section) = fragment.get("Outputs") {
        each(section, &mut |reference, _| check.left_over("Outputs", reference));
    }
    bytes += punctuation(fragment);
    for (name, section) in fragment {
        bytes += length(name) + 1;
        if name != "Resources" {
            bytes += length(section);
        }
    }
    check.report(complete, generated, diagnostics);
    for cycle in cycles(&edges, |node| check.ids.get_index(node).is_some_and(|id| generated.contains_key(*id))) {
        circle(&cycle, &check.ids, generated, diagnostics);
    }
    limits.finish(fragment, bytes, diagnostics);
    Size { bytes }
}

/// What is found out on the way through the resources.
struct Check<'a> {
    ids: IndexSet<&'a str>,
    parameters: Option<&'a Map<String, Json>>,
    conditions: Option<&'a Map<String, Json>>,
    declared: &'a BTreeSet<String>,
    /// What is not there, and the generated resources that refer to it.
    missing: BTreeMap<Reference<'a>, Vec<(&'a str, Origin)>>,
    /// Declarations that something still refers to, and one place that does.
    left_over: BTreeMap<&'a str, String>,
}

impl<'a> Check<'a> {
    /// Checks the references of a resource, generated if it has an `origin`, and gives the resources that must be there
    /// before it, by index. What an `Fn::If` decides about is no certain need.
    fn resource(&mut self, id: &'a str, resource: &'a Json, origin: Option<Origin>) -> Vec<usize> {
        let mut needs = Vec::new();
        let mut visit = |check: &mut Self, reference: Reference<'a>, optional: bool| {
            if let Reference::Ref(name) | Reference::Attribute(name) = reference
                && let Some(index) = check.ids.get_index_of(name)
            {
                if !optional {
                    needs.push(index);
                }
                return;
            }
            check.left_over(id, reference);
            if let Some(origin) = origin
                && !check.exists(reference)
            {
                check.missing.entry(reference).or_default().push((id, origin));
            }
        };
        let Some(entries) = resource.as_object() else { return needs };
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("DependsOn", Json::String(name)) => visit(self, Reference::Attribute(name), false),
                ("DependsOn", Json::Array(names)) => {
                    for name in names.iter().filter_map(Json::as_str) {
                        visit(self, Reference::Attribute(name), false);
                    }
                }
                ("Condition", Json::String(name)) => visit(self, Reference::Condition(name), false),
                ("Properties" | "UpdatePolicy" | "CreationPolicy" | "Metadata", value) => {
                    each(value, &mut |reference, optional| visit(self, reference, optional));
                }
                _ => {}
            }
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn exists(&self, reference: Reference<'_>) -> bool {
        let has =
            |section: Option<&Map<String, Json>>, name: &str| section.is_some_and(|section| section.contains_key(name));
        match reference {
            // Resources were looked at before.
            Reference::Ref(name) => name.starts_with("AWS::") || has(self.parameters, name),
            Reference::Attribute(_) => false,
            Reference::Condition(name) => has(self.conditions, name),
        }
    }

    fn left_over(&mut self, of: &str, reference: Reference<'a>) {
        let (Reference::Ref(name) | Reference::Attribute(name)) = reference else { return };
        if self.declared.contains(name) && !self.ids.contains(name) {
            self.left_over.entry(name).or_insert_with(|| of.to_owned());
        }
    }

    fn report(&self, complete: bool, generated: &indexmap::IndexMap<String, Origin>, diagnostics: &mut Diagnostics) {
        for (declaration, place) in &self.left_over {
            diagnostics
                .error(
                    Origin::TEMPLATE,
                    format!("`{place}` refers to `{declaration}` in a way that this macro does not follow"),
                )
                .fix(format!("write the reference as `!GetAtt {declaration}.<attribute>`"));
        }
        for (reference, places) in &self.missing {
            let Some((id, origin)) = places.first() else { continue };
            let others = match places.len() - 1 {
                0 => String::new(),
                1 => " and another resource".to_owned(),
                count => format!(" and {count} other resources"),
            };
            let is_written = |id: &&str| !generated.contains_key(*id);
            let resources = || self.ids.iter().copied().filter(is_written);
            let names =
                |section: Option<&'a Map<String, Json>>| section.into_iter().flat_map(Map::keys).map(String::as_str);
            let (message, near) = match reference {
                // `Fn::ForEach` makes resources, and conditions too.
                Reference::Condition(_) if names(self.conditions).any(|name| name.starts_with("Fn::ForEach::")) => {
                    continue;
                }
                Reference::Condition(name) => (
                    format!(
                        "`{id}`{others} would be made under the condition `{name}`, which the template does not have"
                    ),
                    suggestion(name, names(self.conditions)),
                ),
                _ if !complete => continue,
                Reference::Ref(name) if self.declared.contains(*name) => continue,
                Reference::Attribute(name) if self.declared.contains(*name) => continue,
                Reference::Ref(name) => (
                    format!(
                        "`{id}`{others} would refer to `{name}`, which is neither a resource nor a parameter of the template"
                    ),
                    suggestion(name, resources().chain(names(self.parameters))),
                ),
                Reference::Attribute(name) => (
                    format!("`{id}`{others} would refer to `{name}`, which is no resource of the template"),
                    suggestion(name, resources()),
                ),
            };
            diagnostics.error(*origin, message).fix(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to the template, or take the reference to it out".to_owned(),
            });
        }
    }
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

fn circle(
    cycle: &[usize],
    ids: &IndexSet<&str>,
    generated: &indexmap::IndexMap<String, Origin>,
    diagnostics: &mut Diagnostics,
) {
    let names: Vec<&str> = cycle.iter().filter_map(|node| ids.get_index(*node).copied()).collect();
    let Some(first) = names.first() else { return };
    let origin = generated.get(*first).copied().unwrap_or(Origin::TEMPLATE);
    let chain: Vec<String> = names.iter().chain([first]).map(|name| format!("`{name}`")).collect();
    let chain = chain.join(" → ");
    let written: Vec<&str> = names.into_iter().filter(|name| !generated.contains_key(*name)).collect();
    let fix = match written.as_slice() {
        [] => "take one of the references or `depends_on` between them out".to_owned(),
        [name, ..] => format!("take a reference or `DependsOn` of `{name}` out, or what refers to it in the document"),
    };
    diagnostics.error(origin, format!("resources would wait for each other: {chain}")).fix(fix);
}

/// Whether others will make more resources of this one: other macros, modules, loops.
fn makes_more(id: &str, resource: &Json) -> bool {
    if id.starts_with("Fn::") {
        return true;
    }
    type_of(resource).is_none_or(|name| {
        let native = name.starts_with("AWS::") || name.starts_with("Custom::") || name.starts_with(PREFIX);
        !native || name.starts_with("AWS::Serverless::") || name.ends_with("::MODULE")
    })
}

/// The braces and commas of a map in compact JSON.
fn punctuation(map: &Map<String, Json>) -> usize {
    map.len().max(1) + 1
}

/// The length of a value's compact JSON.
fn length<T: Serialize + ?Sized>(value: &T) -> usize {
    struct Counter(usize);

    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut counter = Counter(0);
    // Neither JSON's keys nor this writer fail.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;
    use crate::diagnostic::{Origins, Root, render};
    use crate::fragment::splice::tests::object;

    /// Resources whose ids start with `Shop` are generated.
    fn run(fragment: Json) -> (Size, Vec<String>) {
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let shop = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let fragment = object(fragment);
        let ids = fragment["Resources"].as_object().unwrap().keys();
        let generated: IndexMap<_, _> =
            ids.filter(|id| id.starts_with("Shop")).map(|id| (id.clone(), origins.key(shop, id))).collect();
        let spliced = Spliced { fragment, generated, declared: BTreeSet::from(["Shop".to_owned()]) };
        let size = verify(&spliced, &mut diagnostics);
        assert_eq!(size.bytes, serde_json::to_string(&spliced.fragment).unwrap().len());
        (size, render(&diagnostics, &origins).iter().map(ToString::to_string).collect())
    }

    fn resources(resources: Json) -> Vec<String> {
        run(json!({"Parameters": {"Tag": {}}, "Conditions": {"IsProd": {}}, "Resources": resources})).1
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
            assert_eq!(resources(case.clone()), Vec::<String>::new(), "{case}");
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
            let lines = resources(case);
            assert_eq!(lines.len(), 1, "{text}: {lines:?}");
            assert!(lines[0].contains(text), "{text}: {lines:?}");
        }
        let (_, lines) = run(json!({"Resources": {}, "Outputs": {"A": {"Value": {"Fn::GetAtt": ["Shop", "Url"]}}}}));
        assert!(lines[0].contains("`Outputs` refers to `Shop` in a way"), "{lines:?}");
    }
}
