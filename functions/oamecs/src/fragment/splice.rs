//! Puts generated resources into the author's template.
//!
//! In: the template with the places of its declarations, and what they were lowered to. Out: the fragment that
//! CloudFormation goes on with. What the author wrote stays where it was; a declaration's resources stand in its place;
//! references to it become what they stand for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::condition::Conditions;
use super::order::{awaited, roots, without_implied};
use super::place::Place;
use super::rewrite::Rewriter;
use super::{Declaration, Template, overlay};
use crate::cloudformation::{LogicalId, Lowered, Resource, Resources};
use crate::diagnostic::{Diagnostics, Origin, Origins, source};

/// A finished fragment.
#[derive(Debug, Default)]
pub struct Spliced {
    /// The template.
    pub fragment: Map<String, Json>,
    /// The resources in it that are generated, and what each follows from.
    pub generated: IndexMap<String, Origin>,
    /// The logical ids that the declarations had.
    pub declared: BTreeSet<String>,
}

impl Spliced {
    /// Adds notes to `Metadata.OamEcs.Notes`, where they stay sorted and each stands once. Without any, nothing changes.
    pub fn annotate(&mut self, notes: impl IntoIterator<Item = String>) {
        let mut notes: BTreeSet<String> = notes.into_iter().collect();
        if notes.is_empty() {
            return;
        }
        // A section that is no map is not ours to replace: the notes are in the log too.
        let metadata = self.fragment.entry("Metadata").or_insert_with(|| json!({}));
        let Some(metadata) = metadata.as_object_mut() else { return };
        let Some(ours) = metadata.entry("OamEcs").or_insert_with(|| json!({})).as_object_mut() else { return };
        if let Some(Json::Array(before)) = ours.get("Notes") {
            notes.extend(before.iter().filter_map(Json::as_str).map(str::to_owned));
        }
        ours.insert("Notes".to_owned(), notes.into_iter().map(Json::String).collect());
    }
}

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
    let Lowered { resources, attributes, outputs, shared_by } = lowered;
    let written = take_section(&mut fragment, "Resources");
    let mut written_outputs = take_section(&mut fragment, "Outputs");
    let mut written_conditions = take_section(&mut fragment, "Conditions");
    taken_ids(&resources, &written, diagnostics);

    let mut groups = grouped(resources);
    for declaration in declarations.iter().filter(|declaration| !declaration.attributes.depends_on.is_empty()) {
        let Some(group) = groups.get_mut(&declaration.id) else { continue };
        for root in roots(group) {
            if let Some(resource) = group.get_mut(&root) {
                resource.depends_on.extend(declaration.attributes.depends_on.iter().map(|id| LogicalId::of_author(id)));
            }
        }
    }
    let declared: BTreeSet<String> = declarations.iter().map(|declaration| declaration.id.clone()).collect();
    let mut splicer = Splicer {
        awaited: declarations
            .iter()
            .map(|declaration| {
                let group = groups.get(&declaration.id);
                (declaration.id.as_str(), group.map(|group| awaited(declaration.kind, group)).unwrap_or_default())
            })
            .collect(),
        conditions: Conditions::new(declarations, &shared_by, &written_conditions),
        written_conditions: &written_conditions,
        rewriter: Rewriter::new(&declared, &attributes, origins, diagnostics),
        resources: Map::with_capacity(written.len() + groups.values().map(IndexMap::len).sum::<usize>()),
        generated: IndexMap::new(),
    };

    let section = splicer.rewriter.origins.key(Origin::TEMPLATE, "Resources");
    let mut declarations = declarations.iter().peekable();
    for (id, resource) in written {
        let Some(declaration) = declarations.next_if(|declaration| declaration.id == id) else {
            splicer.of_author(id, resource, section);
            continue;
        };
        let shared: Vec<String> = groups
            .keys()
            .filter(|owner| !declared.contains(*owner))
            .filter(|owner| shared_by.get(*owner).is_none_or(|sharing| sharing.contains(&declaration.id)))
            .cloned()
            .collect();
        for owner in shared {
            splicer.group(groups.shift_remove(&owner), None);
        }
        splicer.group(groups.shift_remove(&declaration.id), Some(declaration));
    }
    splicer.outputs(&mut written_outputs, outputs);

    let Splicer { conditions, resources, generated, .. } = splicer;
    written_conditions.extend(conditions.added);
    put_section(&mut fragment, "Resources", resources);
    put_section(&mut fragment, "Conditions", written_conditions);
    put_section(&mut fragment, "Outputs", written_outputs);
    Spliced { fragment, generated, declared }
}

struct Splicer<'a> {
    /// By declaration, what `DependsOn` of it waits for.
    awaited: BTreeMap<&'a str, Vec<LogicalId>>,
    conditions: Conditions,
    written_conditions: &'a Map<String, Json>,
    rewriter: Rewriter<'a>,
    /// The section as it grows.
    resources: Map<String, Json>,
    generated: IndexMap<String, Origin>,
}

impl Splicer<'_> {
    /// Adds the resources of one owner, of `declaration` where it is one.
    fn group(&mut self, group: Option<Resources>, declaration: Option<&Declaration>) {
        for (id, resource) in group.into_iter().flatten() {
            let origin = resource.origin;
            let mut entry = self.entry(&id, resource, declaration);
            self.rewriter.rewrite(&mut entry, &Place::Generated(origin));
            self.depends_on(&mut entry);
            self.generated.insert(id.to_string(), origin);
            self.resources.insert(id.to_string(), entry);
        }
    }

    /// A resource as the template has it.
    fn entry(&mut self, id: &LogicalId, resource: Resource, declaration: Option<&Declaration>) -> Json {
        let Resource {
            owner,
            role,
            origin,
            kind,
            properties,
            depends_on,
            condition,
            holds_data,
            metadata: patched,
            mut attributes,
        } = resource;
        let mut entry = Map::with_capacity(8);
        entry.insert("Type".to_owned(), Json::from(kind));
        if let Some(condition) = self.conditions.both(id.as_str(), &owner, condition, self.written_conditions) {
            entry.insert("Condition".to_owned(), Json::String(condition));
        }
        if !depends_on.is_empty() {
            entry.insert("DependsOn".to_owned(), depends_on.into_iter().map(|id| Json::from(id.as_str())).collect());
        }
        let given = declaration.map(|declaration| &declaration.attributes);
        for (key, default, given) in [
            ("DeletionPolicy", "RetainExceptOnCreate", given.and_then(|given| given.deletion_policy.as_ref())),
            ("UpdateReplacePolicy", "Retain", given.and_then(|given| given.update_replace_policy.as_ref())),
        ] {
            // A patch wins over the declaration, and its null leaves the policy out.
            let of_data = || holds_data.then(|| given.cloned().unwrap_or_else(|| Json::from(default)));
            if let Some(policy) = attributes.shift_remove(key).or_else(of_data).filter(|policy| !policy.is_null()) {
                entry.insert(key.to_owned(), policy);
            }
        }
        entry.extend(attributes);
        if !properties.is_empty() {
            entry.insert("Properties".to_owned(), Json::Object(properties));
        }
        let mut metadata = given.map(|given| given.metadata.clone()).unwrap_or_default();
        overlay(&mut metadata, patched);
        let mut ours = Map::with_capacity(2);
        let place = source(origin, self.rewriter.origins).unwrap_or(owner);
        ours.insert("Role".to_owned(), Json::String(role));
        ours.insert("Source".to_owned(), Json::String(place));
        metadata.insert("OamEcs".to_owned(), Json::Object(ours));
        entry.insert("Metadata".to_owned(), Json::Object(metadata));
        Json::Object(entry)
    }

    /// Adds a resource of the author, the references in it replaced.
    fn of_author(&mut self, id: String, mut resource: Json, section: Origin) {
        self.rewriter.rewrite(&mut resource, &Place::Key(&Place::Author(section), &id));
        let names_declaration = match resource.get("DependsOn") {
            Some(Json::String(id)) => self.awaited.contains_key(id.as_str()),
            Some(Json::Array(ids)) => ids.iter().filter_map(Json::as_str).any(|id| self.awaited.contains_key(id)),
            _ => false,
        };
        if names_declaration {
            self.depends_on(&mut resource);
        }
        self.resources.insert(id, resource);
    }

    /// Replaces declarations in the `DependsOn` of a resource by what they wait for, and leaves out what the resource
    /// refers to anyway.
    fn depends_on(&self, resource: &mut Json) {
        let Some(resource) = resource.as_object_mut() else { return };
        let written = match resource.get("DependsOn") {
            Some(Json::Array(ids)) => ids.as_slice(),
            Some(id @ Json::String(_)) => std::slice::from_ref(id),
            _ => return,
        };
        let mut ids: Vec<String> = Vec::with_capacity(written.len());
        for id in written.iter().filter_map(Json::as_str) {
            match self.awaited.get(id) {
                Some(awaited) => ids.extend(awaited.iter().map(LogicalId::to_string)),
                None => ids.push(id.to_owned()),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        without_implied(&mut ids, resource.get("Properties"));
        if ids.is_empty() {
            resource.shift_remove("DependsOn");
        } else {
            resource.insert("DependsOn".to_owned(), Json::from(ids));
        }
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

fn grouped(resources: Resources) -> IndexMap<String, Resources> {
    let mut groups: IndexMap<String, Resources> = IndexMap::new();
    for (id, resource) in resources {
        match groups.get_mut(&resource.owner) {
            Some(group) => {
                group.insert(id, resource);
            }
            None => {
                groups.insert(resource.owner.clone(), Resources::from([(id, resource)]));
            }
        }
    }
    groups
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
    use super::*;
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
                properties: object(properties.clone()),
                depends_on: BTreeSet::new(),
                condition: None,
                holds_data: *kind == "AWS::EFS::FileSystem",
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
            BTreeMap::from([("Name".to_owned(), json!({"Fn::GetAtt": ["ShopWebService", "Name"]}))]),
        );
        lowered.attributes.insert("Env".to_owned(), BTreeMap::from([("VpcId".to_owned(), json!({"Ref": "EnvVpc"}))]));
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
            assert_eq!(serde_json::to_string(&spliced.fragment).unwrap(), fragment.to_string());
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
        assert_eq!(
            serde_json::to_string_pretty(&spliced.fragment).unwrap(),
            serde_json::to_string_pretty(&expected).unwrap()
        );
        assert_eq!(spliced.generated.len(), 6);

        let mut spliced = spliced;
        spliced.annotate(["b".to_owned(), "a".to_owned()]);
        spliced.annotate(["c".to_owned(), "a".to_owned()]);
        expected["Metadata"] = json!({"OamEcs": {"Notes": ["a", "b", "c"]}});
        assert_eq!(Json::from(spliced.fragment), expected);
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
            let template = Json::from(spliced.fragment);
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
        let (spliced, lines) =
            run(json!({"Resources": {"Env": declaration("Environment", json!({})), "Shop": shop}}), lowered);
        assert_eq!(lines, Vec::<String>::new());
        let template = Json::from(spliced.fragment);
        assert_eq!(
            template["Resources"]["ShopData"],
            json!({"Type": "AWS::EFS::FileSystem", "Condition": "ShopDataCondition", "DeletionPolicy": "Delete",
                "UpdatePolicy": {"A": 1}, "Metadata": {"Team": "b", "OamEcs": {"Role": "data.FileSystem", "Source": "Shop"}}})
        );
        assert_eq!(
            template["Conditions"],
            json!({"ShopDataCondition": {"Fn::And": [{"Condition": "C"}, {"Condition": "Own"}]}})
        );
        assert_eq!(template["Resources"]["ShopCluster"].get("DeletionPolicy"), None);
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
