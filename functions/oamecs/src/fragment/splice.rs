//! Puts generated resources into the author's template.
//!
//! In: the template with the places of its declarations, and what they were lowered to. Out: the fragment that
//! CloudFormation goes on with. What the author wrote stays where it was; a declaration's resources stand in its place;
//! references to it become what they stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::additions::Additions;
use super::condition::Conditions;
use super::order::{awaited, roots, without_implied};
use super::place::Place;
use super::rewrite::Rewriter;
use super::spliced::{Entry, Generated};
use super::{Declaration, Spliced, Template, overlay};
use crate::cloudformation::{Keep, LogicalId, Lowered, Resource, Resources, Survey};
use crate::diagnostic::{Diagnostics, Origin, Origins, source};
use crate::gather::Gather;

/// Puts `lowered` in the place of `declarations`.
///
/// A fragment without declarations comes back as it was. Errors: a logical id or an output that the template has
/// already, an attribute that a declaration does not have, `Ref` of a declaration.
pub fn splice(
    template: Template,
    declarations: &[Declaration],
    lowered: Lowered,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Spliced {
    let Template { mut fragment } = template;
    if declarations.is_empty() {
        return Spliced { fragment, ..Spliced::default() };
    }
    let Lowered { mut resources, attributes, outputs, shared_by } = lowered;
    let written = take_section(&mut fragment, "Resources");
    let mut written_outputs = take_section(&mut fragment, "Outputs");
    let mut written_conditions = take_section(&mut fragment, "Conditions");
    let mut written_mappings = take_section(&mut fragment, "Mappings");
    let mut additions = Additions::new(declarations, &written, &resources, diagnostics);
    for (name, section) in [
        ("Conditions", &mut written_conditions),
        ("Mappings", &mut written_mappings),
        ("Outputs", &mut written_outputs),
    ] {
        additions.put(name, section, diagnostics);
    }
    taken_ids(&resources, &written, diagnostics);

    let mut groups = groups(&resources);
    idle_policies(declarations, &resources, &groups, diagnostics);
    for declaration in declarations.iter().filter(|declaration| !declaration.attributes.depends_on.is_empty()) {
        for root in roots(&resources, groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default()) {
            if let Some((_, resource)) = resources.get_index_mut(root) {
                resource.depends_on.extend(declaration.attributes.depends_on.iter().map(|id| LogicalId::of_author(id)));
            }
        }
    }
    let declared: BTreeSet<String> = declarations.iter().map(|declaration| declaration.id.clone()).gather();
    let mut splicer = Splicer {
        awaited: declarations
            .iter()
            .map(|declaration| {
                let group = groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default();
                (declaration.id.as_str(), awaited(declaration.kind, &resources, group))
            })
            .gather(),
        conditions: Conditions::new(declarations, &shared_by, &written_conditions),
        written_conditions: &written_conditions,
        rewriter: Rewriter::new(&declared, &attributes, origins, diagnostics),
        resources: IndexMap::with_capacity(written.len() + resources.len()),
        waiting: resources.into_iter().map(Some).collect(),
        last_source: None,
    };

    let section = splicer.rewriter.origins.key(Origin::TEMPLATE, "Resources");
    let by_id: BTreeMap<&str, &Declaration> =
        declarations.iter().map(|declaration| (declaration.id.as_str(), declaration)).gather();
    for (id, resource) in written {
        let Some(declaration) = by_id.get(id.as_str()) else {
            splicer.of_author(&id, resource, section);
            continue;
        };
        groups.retain(|owner, group| {
            let shared = !declared.contains(owner)
                && shared_by.get(owner).is_none_or(|sharing| sharing.contains(&declaration.id));
            if shared {
                splicer.group(group, None);
            }
            !shared
        });
        splicer.group(groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default(), Some(declaration));
        for (id, resource) in additions.resources(&declaration.id) {
            splicer.of_author(&id, resource, section);
        }
    }
    splicer.outputs(&mut written_outputs, outputs);

    let Splicer { conditions, resources, rewriter, .. } = splicer;
    let refused = rewriter.refused;
    written_conditions.extend(conditions.added);
    put_section(&mut fragment, "Conditions", written_conditions);
    put_section(&mut fragment, "Mappings", written_mappings);
    put_section(&mut fragment, "Outputs", written_outputs);
    Spliced { fragment, resources, declared, refused }
}

struct Splicer<'a> {
    /// By declaration, what `DependsOn` of it waits for.
    awaited: BTreeMap<&'a str, Vec<LogicalId>>,
    conditions: Conditions,
    written_conditions: &'a Map<String, Json>,
    rewriter: Rewriter<'a>,
    /// The section as it grows.
    resources: IndexMap<LogicalId, Entry>,
    /// The generated resources that are not in it yet.
    waiting: Vec<Option<(LogicalId, Resource)>>,
    /// The place that the resource before follows from.
    last_source: Option<(Origin, Rc<str>)>,
}

impl Splicer<'_> {
    /// Adds the resources of one owner, of `declaration` where it is one.
    fn group(&mut self, group: &[usize], declaration: Option<&Declaration>) {
        for index in group {
            let Some((id, resource)) = self.waiting.get_mut(*index).and_then(Option::take) else { continue };
            let mut generated = self.generated(&id, resource, declaration);
            let place = Place::Generated(generated.origin);
            self.rewriter.rewrite_written(&mut generated.properties, &place);
            self.rewriter.rewrite_values(&mut generated.attributes, &place);
            self.rewriter.rewrite_values(&mut generated.metadata, &place);
            generated.beside = Survey::of(&[&generated.attributes, &generated.metadata]);
            self.follow(&mut generated.depends_on, generated.properties.survey());
            self.resources.insert(id, Entry::Generated(Box::new(generated)));
        }
    }

    /// Settles what stands beside the properties of a resource.
    fn generated(&mut self, id: &LogicalId, resource: Resource, declaration: Option<&Declaration>) -> Generated {
        let Resource {
            owner,
            role,
            origin,
            kind,
            properties,
            depends_on,
            condition,
            keep,
            metadata: patched,
            mut attributes,
        } = resource;
        let given = declaration.map(|declaration| &declaration.attributes);
        let mut policy = |key: &str, kept: Option<&str>, given: Option<&Json>| {
            // A patch wins over the declaration, and its null leaves the policy out.
            let of_kept = || kept.map(|kept| given.cloned().unwrap_or_else(|| Json::from(kept)));
            attributes.shift_remove(key).or_else(of_kept).filter(|policy| !policy.is_null())
        };
        let deletion = given.and_then(|given| given.deletion_policy.as_ref());
        let replacement = given.and_then(|given| given.update_replace_policy.as_ref());
        let deletion_policy = policy("DeletionPolicy", keep.deletion_policy(), deletion);
        let update_replace_policy = policy("UpdateReplacePolicy", keep.update_replace_policy(), replacement);
        let mut metadata = given.map(|given| given.metadata.clone()).unwrap_or_default();
        overlay(&mut metadata, patched);
        Generated {
            origin,
            kind,
            condition: self.conditions.both(id.as_str(), &owner, condition, self.written_conditions),
            depends_on: depends_on.into_iter().collect(),
            deletion_policy,
            update_replace_policy,
            attributes,
            properties,
            metadata,
            beside: Survey::default(),
            role,
            source: self.source(origin, &owner),
        }
    }

    /// The place that a resource follows from, as text. Most resources follow from the same place as the one before.
    fn source(&mut self, origin: Origin, owner: &str) -> Rc<str> {
        match &self.last_source {
            Some((last, text)) if *last == origin => Rc::clone(text),
            _ => {
                let Some(text) = source(origin, self.rewriter.origins).map(Rc::<str>::from) else {
                    return owner.into();
                };
                self.last_source = Some((origin, Rc::clone(&text)));
                text
            }
        }
    }

    /// Adds a resource of the author, the references in it replaced.
    fn of_author(&mut self, id: &str, mut resource: Json, section: Origin) {
        self.rewriter.rewrite(&mut resource, &Place::Key(&Place::Author(section), id));
        let names = match resource.get("DependsOn") {
            Some(Json::Array(names)) => names.as_slice(),
            Some(name) => std::slice::from_ref(name),
            None => &[],
        };
        let mut names: Vec<LogicalId> = names.iter().filter_map(Json::as_str).map(LogicalId::of_author).collect();
        if names.iter().any(|name| self.awaited.contains_key(name.as_str()))
            && let Some(entries) = resource.as_object_mut()
        {
            let properties = entries.get("Properties").map(Survey::of).unwrap_or_default();
            self.follow(&mut names, &properties);
            if names.is_empty() {
                entries.shift_remove("DependsOn");
            } else {
                let names: Json = names.iter().map(LogicalId::as_str).collect();
                entries.insert("DependsOn".to_owned(), names);
            }
        }
        let survey = Survey::of(&resource);
        self.resources.insert(LogicalId::of_author(id), Entry::Author(resource, survey));
    }

    /// Replaces declarations in the `DependsOn` of a resource by what they wait for, and leaves out what its properties
    /// refer to anyway.
    fn follow(&self, depends_on: &mut Vec<LogicalId>, properties: &Survey) {
        if depends_on.iter().any(|id| self.awaited.contains_key(id.as_str())) {
            for id in std::mem::take(depends_on) {
                match self.awaited.get(id.as_str()) {
                    Some(awaited) => depends_on.extend(awaited.iter().cloned()),
                    None => depends_on.push(id),
                }
            }
            depends_on.sort_unstable();
            depends_on.dedup();
        }
        without_implied(depends_on, properties);
    }

    /// Replaces references in the author's outputs, and adds ours.
    fn outputs(&mut self, written: &mut Map<String, Json>, outputs: IndexMap<String, (String, Json)>) {
        let section = self.rewriter.origins.key(Origin::TEMPLATE, "Outputs");
        for (key, output) in written.iter_mut() {
            self.rewriter.rewrite(output, &Place::Key(&Place::Author(section), key));
        }
        for (key, (owner, mut output)) in outputs {
            let place = self.rewriter.origins.key(section, &key);
            if written.contains_key(&key) {
                self.rewriter
                    .diagnostics
                    .error(place, format!("`{owner}` adds an output of this name"))
                    .fix(format!("rename the output `{key}`"));
                continue;
            }
            self.rewriter.rewrite(&mut output, &Place::Author(place));
            if let (Some(condition), Json::Object(output)) = (self.conditions.of(&owner), &mut output)
                && !output.contains_key("Condition")
            {
                output.insert("Condition".to_owned(), Json::from(condition));
            }
            written.insert(key, output);
        }
    }
}

/// The resources of each owner, by their positions.
fn groups(resources: &Resources) -> IndexMap<String, Vec<usize>> {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, resource) in resources.values().enumerate() {
        match groups.get_mut(&resource.owner) {
            Some(group) => group.push(index),
            None => {
                groups.insert(resource.owner.clone(), vec![index]);
            }
        }
    }
    groups
}

/// Notes policies that nothing is under: they are for what holds data.
fn idle_policies(
    declarations: &[Declaration],
    resources: &Resources,
    groups: &IndexMap<String, Vec<usize>>,
    diagnostics: &mut Diagnostics,
) {
    for declaration in declarations {
        let given = &declaration.attributes;
        let mut group =
            groups.get(&declaration.id).into_iter().flatten().filter_map(|index| resources.get_index(*index));
        if (given.deletion_policy.is_some() || given.update_replace_policy.is_some())
            && !group.any(|(_, resource)| resource.keep != Keep::No)
        {
            diagnostics.note(
                declaration.origin,
                "`DeletionPolicy` and `UpdateReplacePolicy` have no effect, as they are for what holds data, and nothing here does",
            );
        }
    }
}

fn taken_ids(resources: &Resources, written: &Map<String, Json>, diagnostics: &mut Diagnostics) {
    for (id, resource) in resources {
        if written.contains_key(id.as_str()) {
            diagnostics
                .error(
                    resource.origin,
                    format!(
                        "`{}` of `{}` gets the logical id `{id}`, which the template has already",
                        resource.role, resource.owner
                    ),
                )
                .fix(format!("rename the resource `{id}` of the template, or `{}`", resource.owner));
        }
    }
}

/// Takes the entries of a section out, its place in the template kept.
fn take_section(fragment: &mut Map<String, Json>, name: &str) -> Map<String, Json> {
    fragment.get_mut(name).and_then(Json::as_object_mut).map(std::mem::take).unwrap_or_default()
}

/// Puts the entries of a section back; an empty one only where the template had it.
fn put_section(fragment: &mut Map<String, Json>, name: &str, entries: Map<String, Json>) {
    if !entries.is_empty() {
        fragment.insert(name.to_owned(), Json::Object(entries));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloudformation::{Function, Written};
    use crate::diagnostic::render;
    use crate::fragment::find;

    pub(in crate::fragment) fn object(value: Json) -> Map<String, Json> {
        let Json::Object(map) = value else { panic!("not a map") };
        map
    }

    /// Resources by id, owner, role, type and properties.
    pub(in crate::fragment) fn lowered(resources: &[(&str, &str, &str, &'static str, Json)]) -> Lowered {
        let mut lowered = Lowered::default();
        for (id, owner, role, kind, properties) in resources {
            let resource = Resource {
                owner: (*owner).to_owned(),
                role: (*role).to_owned(),
                origin: Origin::TEMPLATE,
                kind,
                properties: Written::from(&object(properties.clone())),
                depends_on: BTreeSet::new(),
                condition: None,
                keep: if *kind == "AWS::EFS::FileSystem" { Keep::Data } else { Keep::No },
                metadata: Map::new(),
                attributes: Map::new(),
            };
            lowered.resources.insert(LogicalId::of_author(id), resource);
        }
        lowered
    }

    fn shop() -> Lowered {
        let mut lowered = lowered(&[
            ("OamEcsVpc", "OamEcs", "Vpc", "AWS::EC2::VPC", json!({"CidrBlock": "10.0.0.0/16"})),
            ("ShopCluster", "Shop", "Cluster", "AWS::ECS::Cluster", json!({})),
            ("ShopData", "Shop", "data.FileSystem", "AWS::EFS::FileSystem", json!({})),
            (
                "ShopWebService",
                "Shop",
                "web.Service",
                "AWS::ECS::Service",
                json!({"Cluster": {"Ref": "ShopCluster"}, "Role": {"Fn::GetAtt": "Env.VpcId"}}),
            ),
            ("EnvVpc", "Env", "Vpc", "AWS::EC2::VPC", json!({})),
            ("EnvSubnet", "Env", "Subnet", "AWS::EC2::Subnet", json!({"VpcId": {"Ref": "EnvVpc"}})),
        ]);
        lowered.attributes.insert(
            "Shop".to_owned(),
            BTreeMap::from([(
                "Name".to_owned(),
                Function::GetAtt(LogicalId::of_author("ShopWebService"), "Name").into(),
            )]),
        );
        lowered.attributes.insert(
            "Env".to_owned(),
            BTreeMap::from([("VpcId".to_owned(), Function::Ref(LogicalId::of_author("EnvVpc")).into())]),
        );
        lowered.outputs.insert("ShopDataId".to_owned(), ("Shop".to_owned(), json!({"Value": {"Ref": "ShopData"}})));
        lowered.shared_by.insert("OamEcs".to_owned(), BTreeSet::from(["Shop".to_owned(), "Blog".to_owned()]));
        lowered
    }

    fn run(fragment: Json, lowered: Lowered) -> (Spliced, Vec<String>) {
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let (template, declarations) = find(object(fragment), &mut origins, &mut diagnostics);
        let spliced = splice(template, &declarations, lowered, &mut origins, &mut diagnostics);
        (spliced, render(&diagnostics, &origins).iter().map(ToString::to_string).collect())
    }

    fn declaration(kind: &str, mut attributes: Json) -> Json {
        attributes["Type"] = json!(format!("OamEcs::{kind}"));
        attributes["Properties"] = if kind == "Compose" { json!({"Document": {"services": {}}}) } else { json!({}) };
        attributes
    }

    #[test]
    fn a_fragment_without_declarations_comes_back_as_it_was() {
        for fragment in [
            json!({}),
            json!({"Resources": ["x"], "Outputs": null, "Conditions": {}}),
            json!({"Z": 1, "Resources": {"B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"}, "A": 1}, "A": [{"Ref": "x"}]}),
        ] {
            let (spliced, _) = run(fragment.clone(), Lowered::default());
            assert_eq!(spliced.write().get(), fragment.to_string());
        }
    }

    #[test]
    fn resources_stand_in_the_place_of_their_declaration() {
        let (spliced, lines) = run(
            json!({
                "Resources": {
                    "Queue": {"Type": "AWS::SQS::Queue"},
                    "Env": declaration("Environment", json!({})),
                    "Shop": declaration("Compose", json!({"DependsOn": "Queue", "Condition": "IsProd", "Metadata": {"Team": "a"}})),
                    "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["Shop", "Queue", "Env"], "Properties": {"DisplayName": {"Fn::Sub": "${Shop.Name}"}}},
                    "Other": {"Type": "AWS::SNS::Topic", "DependsOn": "Shop"},
                },
                "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Shop", "Name"]}}},
                "Conditions": {"IsProd": {"Fn::Equals": [1, 1]}},
            }),
            shop(),
        );
        assert_eq!(lines, Vec::<String>::new());
        let metadata = |role: &str| json!({"Team": "a", "OamEcs": {"Role": role, "Source": "Shop"}});
        let mut expected = json!({
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue"},
                "EnvVpc": {"Type": "AWS::EC2::VPC", "Metadata": {"OamEcs": {"Role": "Vpc", "Source": "Env"}}},
                "EnvSubnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "EnvVpc"}},
                    "Metadata": {"OamEcs": {"Role": "Subnet", "Source": "Env"}}},
                "OamEcsVpc": {"Type": "AWS::EC2::VPC", "Condition": "IsProd", "Properties": {"CidrBlock": "10.0.0.0/16"},
                    "Metadata": {"OamEcs": {"Role": "Vpc", "Source": "OamEcs"}}},
                "ShopCluster": {"Type": "AWS::ECS::Cluster", "Condition": "IsProd", "DependsOn": ["Queue"], "Metadata": metadata("Cluster")},
                "ShopData": {"Type": "AWS::EFS::FileSystem", "Condition": "IsProd", "DependsOn": ["Queue"],
                    "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain", "Metadata": metadata("data.FileSystem")},
                "ShopWebService": {"Type": "AWS::ECS::Service", "Condition": "IsProd",
                    "Properties": {"Cluster": {"Ref": "ShopCluster"}, "Role": {"Ref": "EnvVpc"}}, "Metadata": metadata("web.Service")},
                "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["EnvSubnet", "Queue"],
                    "Properties": {"DisplayName": {"Fn::Sub": "${ShopWebService.Name}"}}},
                "Other": {"Type": "AWS::SNS::Topic", "DependsOn": ["ShopWebService"]},
            },
            "Outputs": {
                "Name": {"Value": {"Fn::GetAtt": ["ShopWebService", "Name"]}},
                "ShopDataId": {"Value": {"Ref": "ShopData"}, "Condition": "IsProd"},
            },
            "Conditions": {"IsProd": {"Fn::Equals": [1, 1]}},
        });
        assert_eq!(spliced.write().get(), expected.to_string());
        assert_eq!(spliced.resources.len(), 9);

        let mut spliced = spliced;
        assert_eq!(spliced.measure(&mut Diagnostics::default()).bytes, expected.to_string().len());
        spliced.annotate(["b".to_owned(), "a".to_owned()]);
        spliced.annotate(["c".to_owned(), "a".to_owned()]);
        expected["Metadata"] = json!({"OamEcs": {"Notes": ["a", "b", "c"]}});
        assert_eq!(spliced.write().get(), expected.to_string());
    }

    #[test]
    fn what_is_shared_is_made_if_one_declaration_is() {
        for (shop, blog, expected) in [
            (json!({"Condition": "A"}), json!({"Condition": "A"}), json!("A")),
            (json!({"Condition": "A"}), json!({}), json!(null)),
            (json!({"Condition": "B"}), json!({"Condition": "A"}), json!("OamEcsCondition")),
        ] {
            let resources = json!({"Shop": declaration("Compose", shop), "Blog": declaration("Compose", blog)});
            let (spliced, _) =
                run(json!({"Resources": resources, "Conditions": {"A": 1, "B": 2}}), super::tests::shop());
            let template = serde_json::from_str::<Json>(spliced.write().get()).unwrap();
            let condition = template["Resources"]["OamEcsVpc"].get("Condition").cloned().unwrap_or_default();
            assert_eq!(condition, expected);
            if expected == "OamEcsCondition" {
                assert_eq!(
                    template["Conditions"]["OamEcsCondition"],
                    json!({"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]})
                );
            }
        }
    }

    #[test]
    fn patches_and_policies_reach_the_resource() {
        let mut lowered = shop();
        let data = lowered.resources.get_mut(&LogicalId::of_author("ShopData")).unwrap();
        data.condition = Some("Own".to_owned());
        data.attributes = object(json!({"UpdateReplacePolicy": null, "UpdatePolicy": {"A": 1}}));
        data.metadata = object(json!({"Team": "b"}));
        let shop =
            declaration("Compose", json!({"DeletionPolicy": "Delete", "Condition": "C", "Metadata": {"Team": "a"}}));
        let resources = json!({"Env": declaration("Environment", json!({})), "Shop": shop});
        let (spliced, lines) = run(json!({"Resources": resources, "Conditions": {"C": 1}}), lowered);
        assert_eq!(lines, Vec::<String>::new());
        let template = serde_json::from_str::<Json>(spliced.write().get()).unwrap();
        assert_eq!(
            template["Resources"]["ShopData"],
            json!({"Type": "AWS::EFS::FileSystem", "Condition": "ShopDataCondition", "DeletionPolicy": "Delete",
                "UpdatePolicy": {"A": 1}, "Metadata": {"Team": "b", "OamEcs": {"Role": "data.FileSystem", "Source": "Shop"}}})
        );
        assert_eq!(
            template["Conditions"],
            json!({"C": 1, "ShopDataCondition": {"Fn::And": [{"Condition": "C"}, {"Condition": "Own"}]}})
        );
        assert_eq!(template["Resources"]["ShopCluster"].get("DeletionPolicy"), None);
    }

    #[test]
    fn policies_without_data_are_noted() {
        let resources = json!({"Env": declaration("Environment", json!({"DeletionPolicy": "Delete"}))});
        let (_, lines) = run(json!({ "Resources": resources }), shop());
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("`DeletionPolicy` and `UpdateReplacePolicy` have no effect"), "{lines:?}");
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        let resources = json!({"Env": declaration("Environment", json!({})), "Shop": declaration("Compose", json!({})),
            "ShopCluster": {"Type": "AWS::SNS::Topic", "Properties": {"Name": {"Ref": "Shop"}}}});
        let (_, lines) = run(json!({"Resources": resources, "Outputs": {"ShopDataId": {"Value": 1}}}), shop());
        assert_eq!(
            lines,
            [
                "Resources.ShopCluster.Properties.Name: `Shop` becomes many resources and has no single id, so `Ref` of it means nothing. Fix: write `!GetAtt Shop.Name`; its attributes are `Name`",
                "Outputs.ShopDataId: `Shop` adds an output of this name. Fix: rename the output `ShopDataId`",
                "`Cluster` of `Shop` gets the logical id `ShopCluster`, which the template has already. Fix: rename the resource `ShopCluster` of the template, or `Shop`",
            ]
        );
    }
}
